"""From the words of a search to terms, corrected where they are mistyped. Pure.

Nothing is looked up, kept or logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from product_content.search.results import GUIDE_PREFIX
from product_content.search.sizes import ParsedSizes, parse_sizes, plain_text
from product_content.types import SizeInfo

MAX_LENGTH = 100  # characters; nobody searches a shop with more
MAX_WORDS = 12
MIN_LETTERS = 6  # of a word that may be corrected: a short one is too near to too many others
MIN_LETTERS_TWICE = 8  # of a word that may have two mistakes
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The words and the sizes of a search."""

    words: tuple[str, ...]
    sizes: ParsedSizes


def parse_query(text: str, chart: Sequence[SizeInfo]) -> ParsedQuery:
    """Return the words and sizes in `text`, whatever it holds; at most `MAX_WORDS` words."""
    sizes = parse_sizes(plain_text(text[:MAX_LENGTH]), chart)
    words = dict.fromkeys(word.replace("’", "'") for word in _WORD.findall(sizes.rest))
    return ParsedQuery(tuple(words)[:MAX_WORDS], sizes)


# With these people ask how and why, not for goods.
_ASKING = frozenset({
    "how", "why", "what", "when", "which", "can", "could", "should", "is", "are", "do", "does",
    "will", "may", "must", "where", "who", "cómo", "como", "por", "qué", "que", "cuándo", "cuando",
    "cuál", "cual", "cuáles", "puedo", "puede", "debo", "debe", "es", "son", "hay", "dónde",
    "donde", "quién", "quien", "para",
})  # fmt: skip


def is_question(text: str) -> bool:
    """Say whether a text begins as a question does, in any of the shop's languages."""
    words = _WORD.findall(text.lower())
    return len(words) > 1 and words[0] in _ASKING


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known word that is near a typed one: by how many letters, and its stem."""

    word: str
    stem: str
    edits: int
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What one language knows about a word.

    `stems` is empty for a word that says nothing, as "the". `longer` are stems of words that
    begin with it, `near` words that it may be a mistyping of.
    """

    stems: tuple[str, ...] = ()
    known: bool = False
    longer: tuple[str, ...] = ()
    near: tuple[Candidate, ...] = ()


Facts = Mapping[str, WordFacts]
Correction = tuple[str, Candidate]


def choose_language(facts: Mapping[str, Facts], *, preferred: str) -> str:
    """Return the language in which most of the words are known; on a tie the preferred one.

    Words that say nothing, as "the", are known to their language too. Where no language knows any,
    that one counts in which they are a near miss of some.
    """

    def knows(language: str) -> tuple[int, int, bool]:
        own = facts[language]
        known = sum(fact.known or not fact.stems for fact in own.values())
        return known, 0 if known else len(corrections(tuple(own), own)), language == preferred

    return max(facts, key=knows)


def known_words(facts: Mapping[str, Facts]) -> set[str]:
    """Return the words that any of the languages knows."""
    return {word for own in facts.values() for word, fact in own.items() if fact.known}


def corrections(words: Sequence[str], facts: Facts) -> list[Correction]:
    """Return the words that are taken for another, each with that one."""
    found = ((word, _correction(word, facts.get(word, WordFacts()))) for word in words)
    return [(word, right) for word, right in found if right]


def _correction(word: str, fact: WordFacts) -> Candidate | None:
    """Return the word that is meant, if there is one.

    A word of which there are two readings stays as it is if one of them is sensitive: nobody
    who typed one illness should be told about another.
    """
    if fact.known or fact.longer or not fact.stems or any(letter.isdigit() for letter in word):
        return None
    near = [each for each in fact.near if _is_near_miss(word, each)]
    if not near:
        return None
    fewest = min(_mistakes(word, each) for each in near)
    best = [each for each in near if _mistakes(word, each) == fewest]
    if len({each.stem for each in best}) > 1 and any(each.sensitive for each in best):
        return None
    return best[0]


def _is_near_miss(word: str, near: Candidate) -> bool:
    if len(word) < MIN_LETTERS:
        return False
    mistakes = _mistakes(word, near)
    return mistakes == 1 or (
        mistakes <= 2  # noqa: PLR2004
        and len(word) >= MIN_LETTERS_TWICE
        and word[0] == near.word[0]
    )


def _mistakes(word: str, near: Candidate) -> int:
    """Return the number of mistakes; two letters in each other's place are one."""
    swapped = near.edits == 2 and sorted(word) == sorted(near.word)  # noqa: PLR2004
    return 1 if swapped else near.edits


def corrected_stems(words: Sequence[str], facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the stems to look for of each word: its own, or those of the word that is meant."""
    right = dict(corrections(words, facts))
    return {
        word: (right[word].stem,) if word in right else facts.get(word, WordFacts()).stems
        for word in words
    }


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a group of words that stands in the search; `order` is the group's place.

    `alternatives` are the stems of each phrase of the group: they stand for each other, unless
    the group leads to an answer. A sensitive one comes before all goods. A general one, as "feel",
    stands in most guides.
    """

    stems: frozenset[str]
    order: int
    leads_to: str = ""
    sensitive: bool = False
    alternatives: tuple[tuple[str, ...], ...] = ()
    general: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for: the stems of each way to say it."""

    phrases: tuple[tuple[str, ...], ...]


def longest_phrases(found: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases that are no part of a longer one, longest first, then by their order."""
    return sorted(
        (each for each in found if not any(each.stems < other.stems for other in found)),
        key=lambda each: (-len(each.stems), each.order),
    )


def answers(found: Sequence[Phrase], *, is_question: bool = False) -> tuple[str, ...]:
    """Return where the words lead, the best answer first.

    Of equal ones a word that few guides have says more than a general one, and a guide is before a
    page if it is a question; then the shop's order counts.
    """
    leading = [each for each in longest_phrases(found) if each.leads_to]
    leading.sort(
        key=lambda each: (
            -len(each.stems),
            each.general,
            is_question and not each.leads_to.startswith(GUIDE_PREFIX),
            each.order,
        )
    )
    return tuple(dict.fromkeys(each.leads_to for each in leading))


def make_terms(
    words: Sequence[str], facts: Facts, found: Sequence[Phrase] = ()
) -> tuple[Term, ...]:
    """Return what is looked for: groups whose words mean the same, then each other word."""
    groups = [each for each in longest_phrases(found) if not each.leads_to]
    covered = {stem for each in groups for stem in each.stems}
    terms = [Term(each.alternatives) for each in groups]
    for word, stems in corrected_stems(words, facts).items():
        longer = facts[word].longer if word in facts and not facts[word].known else ()
        terms += [Term(((stem,), *((s,) for s in longer))) for stem in stems if stem not in covered]
    return tuple(dict.fromkeys(terms))

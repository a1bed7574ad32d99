"""What somebody typed, taken apart. Pure: nothing is looked up, kept or logged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from product_content.search.sizes import SizeWish, read_sizes
from product_content.search.synonyms import LONGEST, group_of
from product_content.types import SizeInfo

MAX_LENGTH = 100  # characters; nobody searches a shop with more
MAX_WORDS = 8
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for, in all its words."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """The words and the sizes of a search."""

    words: tuple[str, ...]
    sizes: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What the documents know about a word: does it say nothing, is it in one of them?

    `longer` are words that begin with it, `nearest` the one that it may be a mistyping of.
    """

    stop: bool = False
    known: bool = False
    longer: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def read_wish(text: str, chart: Sequence[SizeInfo]) -> Wish:
    """Return the words and sizes in `text`, whatever it holds; at most `MAX_WORDS` words."""
    plain = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower()
    size_wish: SizeWish = read_sizes(plain, chart)
    words = dict.fromkeys(word.replace("\u2019", "'") for word in _WORD.findall(size_wish.rest))
    return Wish(tuple(words)[:MAX_WORDS], size_wish.numbers, size_wish.notes)


def correct(words: Sequence[str], facts: Mapping[str, WordFacts]) -> tuple[str, ...]:
    """Return the words with each unknown one replaced by the nearest known one, if there is any."""
    return tuple(_corrected(word, facts.get(word, WordFacts())) for word in words)


def _corrected(word: str, fact: WordFacts) -> str:
    if fact.stop or fact.known or fact.longer or group_of(word) or not fact.nearest:
        return word
    return fact.nearest[0]


def make_terms(words: Sequence[str], facts: Mapping[str, WordFacts]) -> tuple[Term, ...]:
    """Group words into terms, longest known phrase first, and leave out words that say nothing."""
    terms, at = [], 0
    while at < len(words):
        term, taken = _term_at(words[at : at + LONGEST], facts)
        at += taken
        if term is not None:
            terms.append(term)
    return tuple(terms)


def _term_at(words: Sequence[str], facts: Mapping[str, WordFacts]) -> tuple[Term | None, int]:
    for length in range(len(words), 0, -1):
        if group := group_of(" ".join(words[:length])):
            return Term(group), length
    fact = facts.get(words[0], WordFacts())
    if fact.stop:
        return None, 1
    if fact.known or not fact.longer:
        return Term((words[0],)), 1
    return Term(_all_names(fact.longer)), 1


def _all_names(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words, each with its other names, each once."""
    return tuple(dict.fromkeys(name for word in words for name in group_of(word) or (word,)))

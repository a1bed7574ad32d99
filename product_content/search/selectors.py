"""Searching products, guides and pages together. Nothing about the search is kept or logged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import log
from operator import or_
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from product_content.models import CONFIGS, SearchDocument
from product_content.search.query import (
    MAX_LENGTH,
    Facts,
    ParsedQuery,
    Phrase,
    Term,
    answers,
    choose_language,
    corrected_stems,
    corrections,
    is_question,
    known_words,
    make_terms,
    parse_query,
)
from product_content.search.results import (
    GUIDE_PREFIX,
    PLACES,
    START,
    STOP,
    Found,
    SearchResult,
    Sizes,
    Wish,
    guide_hit,
    place_hit,
    product_hits,
)
from product_content.search.words import Named, find_named, known_phrases, read_codes, word_facts
from product_content.selectors.lists import chart

MAX_PRODUCTS = 24
MAX_GUIDES = 8
MAX_PLACES = 2
_WEIGHTS = [0.02, 0.2, 0.6, 1.0]  # text, summary, keywords, title: a name counts most
_NAMED = 0.36  # what a keyword is worth; a title, and more of the same word, count no more
_PRODUCTS_FIRST = 0.55  # how good the best product must be, against the best guide, to come first
# Stems by which people ask for goods that never come first unasked.
_MAGNETIC = {"magnet", "iman"}
_FIRM = {"firm", "rigid", "hard", "plastic", "acryl", "dur", "acril"}
_SOME = _("Nothing has all of these words. Here is what has some of them.")


def search(text: str) -> SearchResult:
    """Return what fits `text`, which may be anything; at most ten queries, none when empty."""
    if not text.strip():
        return SearchResult()
    sizes = chart()
    parsed = parse_query(text, tuple(sizes.values()))
    facts = word_facts(parsed.words)
    named = find_named(read_codes(text[:MAX_LENGTH], known=known_words(facts)))
    language = choose_language(facts, preferred=_own_language())
    known = facts[language]
    stems = corrected_stems(parsed.words, known)
    phrases = known_phrases(language, {s for each in stems.values() for s in each} or parsed.words)
    asking = is_question(text)
    looked = _Search(
        language,
        make_terms(parsed.words, known, phrases) or ((_BOTTLES,) if parsed.sizes.volumes else ()),
        _leads(phrases, parsed, is_question=asking),
        parsed,
        is_sensitive=any(each.sensitive for each in phrases),
        is_question=asking,
    )
    if named and not looked.is_sensitive:
        return _of_one(named, looked, sizes)
    return _result(looked, sizes, _corrected(parsed.words, known))


# What comes in bottles, where somebody typed nothing but a volume; its stems in each language.
_BOTTLES = Term((("lubric",), ("gel",)))


def _leads(phrases: Sequence[Phrase], parsed: ParsedQuery, *, is_question: bool) -> tuple[str, ...]:
    """Return where the words lead; who names a size by "width" does not ask for the chart."""
    leads = answers(phrases, is_question=is_question)
    return tuple(each for each in leads if each != "sizes" or not parsed.sizes.numbers)


def _of_one(named: Named, looked: _Search, sizes: Sizes) -> SearchResult:
    """Return the product whose article number was typed, and nothing else."""
    wish = replace(looked.wish, variant=named.variant_id)
    found = [Found(named.product_id, "", "", 1.0)]
    return SearchResult(products=product_hits(found, wish, sizes))


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for, in which language; `leads` are the answers of the customers' words."""

    language: str
    terms: tuple[Term, ...]
    leads: tuple[str, ...]
    parsed: ParsedQuery
    is_sensitive: bool
    is_question: bool

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.parsed.sizes.numbers

    @property
    def wish(self) -> Wish:
        stems = {stem for term in self.terms for phrase in term.phrases for stem in phrase}
        return Wish(
            self.numbers,
            self.parsed.sizes.pieces,
            self.parsed.sizes.volumes,
            magnets=not stems.isdisjoint(_MAGNETIC),
            firm=not stems.isdisjoint(_FIRM),
        )

    @property
    def led_guides(self) -> list[str]:
        """The slugs of the guides that the words lead to, the best first."""
        return [each.removeprefix(GUIDE_PREFIX) for each in self.leads if GUIDE_PREFIX in each]

    @property
    def led_places(self) -> list[str]:
        """The keys of the pages that the words lead to, the best first."""
        return [each for each in self.leads if each in PLACES][:MAX_PLACES]


def _own_language() -> str:
    code = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in CONFIGS else settings.LANGUAGE_CODE


def _corrected(words: Sequence[str], facts: Facts) -> list[str]:
    return [
        gettext("No “%(old)s” here: showing “%(new)s”.") % {"old": old, "new": new.word}
        for old, new in corrections(words, facts)
    ]


class _Ranked(NamedTuple):
    """A document with how well each term fits (0 where it does not), and whether all do."""

    pk: int
    product_id: int | None
    guide_slug: str | None
    ranks: tuple[float, ...]
    is_whole: bool


def _result(looked: _Search, sizes: Sizes, notes: list[str]) -> SearchResult:
    ranked = _ranked(looked)
    whole = _with_goods([each for each in ranked if each.is_whole], ranked, looked)
    products, guides = _found(_best(whole or ranked, ranked, looked), looked)
    partial = bool(ranked and not whole and not looked.leads)
    return SearchResult(
        products=product_hits(products, looked.wish, sizes),
        guides=tuple(guide_hit(found) for found in guides),
        places=tuple(place_hit(key) for key in looked.led_places),
        notes=(*looked.parsed.sizes.notes, *notes, *([str(_SOME)] if partial else [])),
        order=_order(looked, products, guides),
    )


def _with_goods(whole: list[_Ranked], ranked: list[_Ranked], looked: _Search) -> list[_Ranked]:
    """Return what fits, and where no goods do, those of the size that was named.

    "I lost size 2" asks for the size: that only guides have the word "lost" must not hide it.
    """
    asks_for_goods = looked.numbers and not (looked.is_sensitive or looked.is_question)
    if not (whole and asks_for_goods) or any(each.product_id for each in whole):
        return whole
    return [*whole, *(each for each in ranked if each.product_id)]


def _order(looked: _Search, products: list[Found], guides: list[Found]) -> tuple[str, ...]:
    """Return which kinds of hits come first: where the words lead, then sizes, then the better.

    Products stand before guides that fit about as well.
    """
    best_product, best_guide = (
        max((each.score for each in found), default=0.0) for found in (products, guides)
    )
    asked = looked.parsed.sizes
    sized = bool(asked.numbers or asked.pieces or asked.volumes)
    fits = best_product >= _PRODUCTS_FIRST * best_guide and not looked.is_question
    answered = bool(looked.led_guides) and (looked.is_sensitive or not sized)
    goods_first = bool(products) and (sized or fits) and not answered
    order = ("products", "guides") if goods_first else ("guides", "products")
    if looked.leads and looked.leads[0].startswith(GUIDE_PREFIX):
        return (order[0], "places", order[1])
    return ("places", *order)


# What guides say of sizes, where somebody typed nothing but one.
_SIZE_TERM = {"en": Term((("size",),)), "es": Term((("taman",), ("tall",)))}


def _ranked(looked: _Search) -> list[_Ranked]:
    """Return all documents that have one of the terms, or the sizes or answers; one query.

    With sizes a product must have them all.
    """
    terms = looked.terms or ((_SIZE_TERM[looked.language],) if looked.numbers else ())
    if not (terms or looked.led_guides):
        return []
    queries = [_term_query(term) for term in terms]
    fits = Q(guide__slug__in=looked.led_guides)
    if queries:
        fits |= Q(vector=reduce(or_, queries))
    if looked.numbers:
        fits = Q(sizes__contains=list(looked.numbers)) | (fits & Q(product__isnull=True))
    ranks = {f"rank_{at}": _rank(term) for at, term in enumerate(terms)}
    rows = (
        SearchDocument.objects.filter(fits, _published(), language=looked.language)
        .annotate(**ranks)
        .values_list("pk", "product_id", "guide__slug", *ranks)
    )
    return [
        _Ranked(pk, product, guide, tuple(rest), not looked.terms or all(rest))
        for pk, product, guide, *rest in rows
    ]


def _published() -> Q:
    return Q(product__is_published=True) | Q(guide__is_published=True)


def _rank(term: Term) -> Any:
    """Return how well the best phrase of a term fits; PostgreSQL's rank of all is their mean."""
    ranks = [
        SearchRank(F("vector"), _phrase_query(phrase), weights=_WEIGHTS) for phrase in term.phrases
    ]
    return Greatest(*ranks) if len(ranks) > 1 else ranks[0]


def _term_query(term: Term) -> SearchQuery:
    return reduce(or_, (_phrase_query(phrase) for phrase in term.phrases))


def _phrase_query(phrase: Sequence[str]) -> SearchQuery:
    raw = " & ".join(f"'{_only_word(stem)}'" for stem in phrase)
    return SearchQuery(raw, config="simple", search_type="raw")


def _only_word(stem: str) -> str:
    return re.sub(r"\W", "", stem) or "x"


def _scores(ranked: list[_Ranked]) -> dict[int, float]:
    """Return how well each document fits: a term that few documents have counts more."""
    columns = zip(*(each.ranks for each in ranked), strict=True)
    having = [sum(rank > 0 for rank in column) for column in columns]
    weights = [log(1 + (len(ranked) + 1) / (count + 1)) for count in having]
    return {
        each.pk: sum(
            min(rank, _NAMED) * weight for rank, weight in zip(each.ranks, weights, strict=True)
        )
        for each in ranked
    }


def _best(
    fitting: list[_Ranked], ranked: list[_Ranked], looked: _Search
) -> list[tuple[_Ranked, float]]:
    """Return the documents to show, best first; before all the guides that the words lead to."""
    led, score = looked.led_guides, _scores(ranked)
    shown = dict.fromkeys([*fitting, *(each for each in ranked if each.guide_slug in led)])

    def place(each: _Ranked) -> tuple[int, float, int]:
        first = led.index(each.guide_slug) if each.guide_slug in led else len(led)
        return first, -score[each.pk], each.pk

    best = sorted(shown, key=place)
    products = [each for each in best if each.product_id][:MAX_PRODUCTS]
    guides = [each for each in best if each.guide_slug][:MAX_GUIDES]
    return [(each, score[each.pk]) for each in (*products, *guides)]


def _found(best: list[tuple[_Ranked, float]], looked: _Search) -> tuple[list[Found], list[Found]]:
    """Return the products and the guides with their marked texts; one query."""
    texts = _texts([each.pk for each, _score in best], looked) if best else {}
    products, guides = [], []
    is_own = looked.language == _own_language()  # a text in the other one helps nobody
    for each, score in best:
        title, summary, body, *extra = texts[each.pk]
        if each.product_id:
            products.append(Found(each.product_id, title, summary, score))
        else:
            guides.append(Found(each.pk, title, body if is_own else "", score, extra))
    return products, guides


def _texts(ids: list[int], looked: _Search) -> dict[int, Any]:
    query = reduce(or_, (_term_query(term) for term in looked.terms)) if looked.terms else None
    rows = (
        SearchDocument.objects.filter(pk__in=ids)
        .annotate(
            marked_title=_headline("title", query, looked.language, highlight_all=True),
            marked_summary=_headline("summary", query, looked.language, highlight_all=True),
            marked_body=_headline("body", query, looked.language, highlight_all=False),
        )
        .values_list(
            "pk", "marked_title", "marked_summary", "marked_body",
            "guide__slug", "guide__topic", "guide__reading_minutes", "guide__title",
            "guide__summary",
        )
    )  # fmt: skip
    return {pk: rest for pk, *rest in rows}


def _headline(field: str, query: SearchQuery | None, language: str, *, highlight_all: bool) -> Any:
    if query is None:
        return F(field if highlight_all else "summary")
    marks: dict[str, Any] = {"start_sel": START, "stop_sel": STOP, "config": CONFIGS[language]}
    if highlight_all:
        return SearchHeadline(field, query, highlight_all=True, **marks)
    return SearchHeadline(
        field, query, max_words=30, min_words=14, max_fragments=2, fragment_delimiter=" … ", **marks
    )

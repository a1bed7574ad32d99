"""Searching products and guides together. Nothing about the search is kept or logged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, FloatField, QuerySet, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from product_content.models import SearchDocument
from product_content.models.search import CONFIG
from product_content.search.query import (
    ParsedQuery,
    Term,
    WordFacts,
    correct,
    make_terms,
    parse_query,
)
from product_content.search.results import (
    START,
    STOP,
    Found,
    SearchResult,
    Sizes,
    guide_hit,
    product_hits,
)
from product_content.selectors.lists import chart

# A mistyped word shares some of its three-letter groups with the right one, and is at most two
# keystrokes away from it (one, in a word of four letters or fewer).
_FACTS = """
SELECT w,
    numnode(plainto_tsquery('english', w)) = 0 AS stop,
    EXISTS (SELECT 1 FROM product_content_searchdocument
            WHERE vector @@ plainto_tsquery('english', w)) AS known,
    ARRAY(SELECT word FROM product_content_searchword
          WHERE length(w) > 2 AND starts_with(word, w) AND word <> w
          ORDER BY length(word), word LIMIT 5) AS longer,
    ARRAY(SELECT word FROM product_content_searchword
          WHERE length(w) > 2
            AND length(word) BETWEEN length(w) - 2 AND length(w) + 2
            AND similarity(word, w) >= 0.2
            AND levenshtein_less_equal(word, w, 2) <= CASE WHEN length(w) > 4 THEN 2 ELSE 1 END
          ORDER BY levenshtein_less_equal(word, w, 2), similarity(word, w) DESC, word
          LIMIT 1) AS nearest
FROM unnest(%s::text[]) AS w
"""


def word_facts(words: Sequence[str]) -> dict[str, WordFacts]:
    """Return what is known about each word; no query without words."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(words)])
        rows = cursor.fetchall()
    return {
        word: WordFacts(stop, known, tuple(longer), tuple(near))
        for word, stop, known, longer, near in rows
    }


MAX_PRODUCTS = 24
MAX_GUIDES = 8
_WEIGHTS = [0.02, 0.2, 0.6, 1.0]  # text, summary, keywords, title: a name counts most
_SOME = _("Nothing has all of these words. Here is what has some of them.")


def search(text: str) -> SearchResult:
    """Return what fits `text`, which may be anything; at most nine queries, none when empty."""
    if not text.strip():
        return SearchResult()
    sizes = chart()
    parsed = parse_query(text, tuple(sizes.values()))
    facts = word_facts(parsed.words)
    words = correct(parsed.words, facts)
    terms = make_terms(words, facts)
    notes = (*parsed.notes, *_corrections(parsed, words))
    result = _result(_query(terms, every=True), parsed, notes, sizes)
    if result.total or len(terms) <= 1:
        return result
    return _result(_query(terms, every=False), parsed, (*notes, str(_SOME)), sizes)


def _corrections(parsed: ParsedQuery, words: tuple[str, ...]) -> list[str]:
    changed = zip(parsed.words, words, strict=True)
    return [
        gettext("No “%(old)s” here: showing “%(new)s”.") % {"old": old, "new": new}
        for old, new in changed
        if old != new
    ]


def _result(
    query: SearchQuery | None, parsed: ParsedQuery, notes: tuple[str, ...], sizes: Sizes
) -> SearchResult:
    if query is None and not parsed.sizes:
        return SearchResult(notes=notes)
    products = _find_products(query, parsed.sizes)
    guides = _find_guides(query or SearchQuery("size", config=CONFIG))
    return SearchResult(
        products=product_hits(products, parsed.sizes, sizes),
        guides=tuple(guide_hit(found) for found in guides),
        notes=notes,
        guides_first=not parsed.sizes and _best(guides) > _best(products),
    )


def _best(found: list[Found]) -> float:
    return max((each.rank for each in found), default=0.0)


def _query(terms: tuple[Term, ...], *, every: bool) -> SearchQuery | None:
    queries = [reduce(or_, (_phrase(phrase) for phrase in term.phrases)) for term in terms]
    return reduce(and_ if every else or_, queries) if queries else None


def _phrase(phrase: str) -> SearchQuery:
    return SearchQuery(phrase, config=CONFIG, search_type="phrase")


def _find_products(query: SearchQuery | None, sizes: tuple[int, ...]) -> list[Found]:
    documents = SearchDocument.objects.filter(product__is_published=True)
    if sizes:
        documents = documents.filter(sizes__contains=list(sizes))
    return _found(_ranked(documents, query, snippet="summary")[:MAX_PRODUCTS], "product_id")


def _find_guides(query: SearchQuery) -> list[Found]:
    documents = SearchDocument.objects.filter(guide__is_published=True)
    best = _ranked(documents, query, snippet="body")[:MAX_GUIDES]
    return _found(
        best, "guide_id", "guide__slug", "guide__topic", "guide__reading_minutes", "guide__title"
    )


def _found(documents: QuerySet[SearchDocument], id_column: str, *extra: str) -> list[Found]:
    rows: Any = documents.values_list(id_column, "marked", "snippet", "rank", *extra)
    return [Found(key, title, text, rank, rest) for key, title, text, rank, *rest in rows]


def _ranked(
    documents: QuerySet[SearchDocument], query: SearchQuery | None, *, snippet: str
) -> QuerySet[SearchDocument]:
    """Return the documents that fit, best first; all of them without a query."""
    if query is None:
        plain = {"marked": F("title"), "snippet": F(snippet)}
        rank = Value(0.0, output_field=FloatField())
        return documents.annotate(**plain, rank=rank).order_by("title", "pk")
    return (
        documents.filter(vector=query)
        .annotate(
            rank=SearchRank(F("vector"), query, weights=_WEIGHTS),
            marked=_headline("title", query, highlight_all=True),
            snippet=_headline(snippet, query, highlight_all=snippet == "summary"),
        )
        .order_by("-rank", "title", "pk")
    )


def _headline(field: str, query: SearchQuery, *, highlight_all: bool) -> SearchHeadline:
    marks: dict[str, Any] = {"start_sel": START, "stop_sel": STOP, "config": CONFIG}
    if highlight_all:
        return SearchHeadline(field, query, highlight_all=True, **marks)
    return SearchHeadline(
        field, query, max_words=30, min_words=14, max_fragments=2, fragment_delimiter=" … ", **marks
    )

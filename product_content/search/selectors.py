"""Searching products and guides together. Nothing about the search is kept or logged."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, FloatField, QuerySet, Value

from product_content.models import GuideTopic, SearchDocument
from product_content.models.search import CONFIG
from product_content.search.highlights import START, STOP, marked
from product_content.search.query import Term, Wish, correct, make_terms, read_wish
from product_content.search.types import GuideHit, ProductHit, SearchResult
from product_content.search.words import word_facts
from product_content.selectors.cards import build_cards
from product_content.selectors.guide_links import guide_url
from product_content.selectors.prices import running_discounts
from product_content.selectors.rows import Row, by_product, fetch_rows, visible_variants
from product_content.selectors.sizes import list_sizes, sizes_by_set
from product_content.types import ProductCard

MOST_PRODUCTS = 24
MOST_GUIDES = 8
_SOME = "Nothing has all of these words. Here is what has some of them."


class _Found(NamedTuple):
    """A document that was found, with PostgreSQL's marks in its texts."""

    id: int
    title: str
    snippet: str
    rank: float
    extra: tuple[object, ...] = ()


def search(text: str) -> SearchResult:
    """Return what fits `text`, which may be anything; at most ten queries, none when empty."""
    if not text.strip():
        return SearchResult()
    wish = read_wish(text, list_sizes())
    facts = word_facts(wish.words)
    words = correct(wish.words, facts)
    terms = make_terms(words, facts)
    notes = (*wish.notes, *_corrections(wish, words))
    result = _result(terms, wish, notes, every=True)
    if result.total or len(terms) < 2:
        return result
    return _result(terms, wish, (*notes, _SOME), every=False)


def _corrections(wish: Wish, words: tuple[str, ...]) -> list[str]:
    changed = zip(wish.words, words, strict=True)
    return [f"No “{old}” here: showing “{new}”." for old, new in changed if old != new]


def _result(
    terms: tuple[Term, ...], wish: Wish, notes: tuple[str, ...], *, every: bool
) -> SearchResult:
    query = _query(terms, every=every)
    if query is None and not wish.sizes:
        return SearchResult(notes=notes)
    products = _find_products(query, wish.sizes)
    guides = _find_guides(query or SearchQuery("size", config=CONFIG))
    best_product = max((found.rank for found in products), default=0.0)
    best_guide = max((found.rank for found in guides), default=0.0)
    return SearchResult(
        products=_product_hits(products, wish.sizes),
        guides=tuple(_guide_hit(found) for found in guides),
        notes=notes,
        guides_first=not wish.sizes and best_guide > best_product,
    )


def _query(terms: tuple[Term, ...], *, every: bool) -> SearchQuery | None:
    queries = [reduce(or_, (_phrase(p, term.prefix) for p in term.phrases)) for term in terms]
    return reduce(and_ if every else or_, queries) if queries else None


def _phrase(phrase: str, prefix: bool) -> SearchQuery:
    if prefix and phrase.isalnum():
        return SearchQuery(f"{phrase}:*", config=CONFIG, search_type="raw")
    return SearchQuery(phrase, config=CONFIG, search_type="phrase")


def _find_products(query: SearchQuery | None, sizes: tuple[int, ...]) -> list[_Found]:
    visible = visible_variants().order_by().values("product_id")
    documents = SearchDocument.objects.filter(product_id__in=visible)
    if sizes:
        documents = documents.filter(sizes__contains=list(sizes))
    rows = _ranked(documents, query, snippet="summary")[:MOST_PRODUCTS]
    return [_Found(*row) for row in rows.values_list("product_id", "marked", "snippet", "rank")]


def _find_guides(query: SearchQuery) -> list[_Found]:
    documents = SearchDocument.objects.filter(guide__is_published=True)
    rows = _ranked(documents, query, snippet="body")[:MOST_GUIDES]
    columns = ("guide_id", "marked", "snippet", "rank")
    extra = ("guide__slug", "guide__topic", "guide__reading_minutes")
    return [_Found(*row[:4], row[4:]) for row in rows.values_list(*columns, *extra)]


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
            rank=SearchRank("vector", query),
            marked=_headline("title", query, highlight_all=True),
            snippet=_headline(snippet, query, highlight_all=snippet == "summary"),
        )
        .order_by("-rank", "title", "pk")
    )


def _headline(field: str, query: SearchQuery, *, highlight_all: bool) -> SearchHeadline:
    marks = {"start_sel": START, "stop_sel": STOP, "config": CONFIG}
    if highlight_all:
        return SearchHeadline(field, query, highlight_all=True, **marks)
    return SearchHeadline(
        field, query, max_words=30, min_words=14, max_fragments=2, fragment_delimiter=" … ", **marks
    )


def _product_hits(found: list[_Found], sizes: tuple[int, ...]) -> tuple[ProductHit, ...]:
    ids = [each.id for each in found]
    if not ids:
        return ()
    rows = fetch_rows(visible_variants().filter(product_id__in=ids))
    cards = {c.id: c for c in build_cards(rows, sizes_by_set(ids), running_discounts(ids))}
    variants = by_product(rows)
    hits = [_product_hit(each, cards[each.id], variants[each.id], sizes) for each in found
            if each.id in cards]  # fmt: skip
    if sizes:  # the size itself before sets around it, a small set before a big one
        hits.sort(key=lambda hit: (hit.card.kind != "singles", len(hit.card.sizes)))
    return tuple(hits)


def _product_hit(
    found: _Found, card: ProductCard, rows: list[Row], sizes: tuple[int, ...]
) -> ProductHit:
    return ProductHit(
        card=card,
        title=marked(found.title),
        snippet=marked(found.snippet),
        url=_url(card.url, rows, sizes),
    )


def _url(url: str, rows: list[Row], sizes: tuple[int, ...]) -> str:
    """Return the page's address, with the variant of the size asked for already chosen."""
    if len(rows) < 2 or len(sizes) != 1:
        return url
    chosen = next((row.id for row in rows if row.number == sizes[0]), None)
    return f"{url}?option={chosen}" if chosen else url


def _guide_hit(found: _Found) -> GuideHit:
    slug, topic, minutes = found.extra
    return GuideHit(
        url=guide_url(str(slug)),
        title=marked(found.title),
        snippet=marked(found.snippet),
        topic_label=str(GuideTopic(topic).label),
        minutes=int(str(minutes)),
    )

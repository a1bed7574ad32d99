"""Keeping what the search reads current, in each language.

Called by whatever changes products, guides or the customers' words: `load_catalogue` and the
dashboard. Names, texts and sizes are copied here; price, stock and visibility are not: the search
reads those live.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

import nh3
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import override
from saleor.product.models import Product

from product_content.kinds import KINDS
from product_content.languages import languages_of, translated_text
from product_content.models import (
    CONFIGS,
    Firmness,
    Guide,
    Magnet,
    SearchDocument,
    SearchGroup,
    SearchPhrase,
)
from product_content.rendering import render_guide, render_text, without_citations, without_diagrams

_TEXTS = ("title", "keywords", "summary", "body", "sizes")
_UNENDED = re.compile(r"(?<=\w)(?=</(?:h[2-4]|li)>)")  # a heading or list item without a full stop
_COLLECT_WORDS = r"""
DELETE FROM product_content_searchword;
INSERT INTO product_content_searchword (language, word, folded, stem, sensitive)
SELECT language, word, unaccent(word), stems[1], sensitive
FROM (
    SELECT language, word, bool_or(sensitive) AS sensitive,
        tsvector_to_array(shop_vector(language, word)) AS stems
    FROM (
        SELECT language, sensitive,
            lower(regexp_split_to_table(words, '[^a-zA-ZÀ-ÖØ-öø-ÿ]+')) AS word
        FROM product_content_searchgroup
        UNION ALL
        SELECT language, false, lower(regexp_split_to_table(
            concat_ws(' ', title, keywords, summary, body), '[^a-zA-ZÀ-ÖØ-öø-ÿ]+'))
        FROM product_content_searchdocument
    ) AS used
    WHERE length(word) BETWEEN 3 AND 40
    GROUP BY language, word
) AS whole
WHERE cardinality(stems) > 0
"""
# A phrase of words that say nothing by themselves, as "about us", is kept as it is.
_STEM_PHRASES = """
SELECT CASE WHEN stems = '{}' THEN string_to_array(lower(phrase), ' ') ELSE stems END
FROM unnest(%s::text[], %s::text[]) AS shop (language, phrase)
CROSS JOIN LATERAL (
    SELECT tsvector_to_array(shop_vector(shop.language, shop.phrase)) AS stems
) AS stemmed
"""


@transaction.atomic
def rebuild_search() -> int:
    """Make the documents of all products and guides current; return how many there are.

    A document that says what it said before stays as it is.
    """
    return _replace(Q(), _of_products(_products()), _of_guides(Guide.objects.all()))


@transaction.atomic
def index_products(*, product_ids: Collection[int]) -> None:
    """Rebuild the documents of these products; one without texts or card loses its documents."""
    _replace(Q(product_id__in=product_ids), _of_products(_products().filter(pk__in=product_ids)))


@transaction.atomic
def index_guides(*, guide_ids: Collection[int]) -> None:
    """Rebuild the documents of these guides."""
    _replace(Q(guide_id__in=guide_ids), _of_guides(Guide.objects.filter(pk__in=guide_ids)))


@transaction.atomic
def index_words() -> None:
    """Rebuild the phrases of the customers' words, and the table of all words."""
    _wait_for_others()
    groups = [(group, phrase) for group in SearchGroup.objects.all() for phrase in group.phrases]
    with connection.cursor() as cursor:
        languages = [group.language for group, _phrase in groups]
        cursor.execute(_STEM_PHRASES, [languages, [phrase for _group, phrase in groups]])
        stems = [row[0] for row in cursor.fetchall()]
    SearchPhrase.objects.all().delete()
    SearchPhrase.objects.bulk_create(
        SearchPhrase(group=group, language=group.language, stems=each)
        for (group, _phrase), each in zip(groups, stems, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT_WORDS)


def _replace(which: Q, *documents: Iterable[SearchDocument]) -> int:
    """Put these in the place of the documents that fit `which`; return how many there are."""
    _wait_for_others()
    wanted = {_key(each): each for group in documents for each in group}
    kept = {}
    for old in SearchDocument.objects.filter(which).defer("vector"):
        if (new := wanted.get(_key(old))) and all(_same(old, new, name) for name in _TEXTS):
            kept[_key(old)] = old.pk
    gone = SearchDocument.objects.filter(which).exclude(pk__in=kept.values())
    gone.delete()
    SearchDocument.objects.bulk_create(
        document for key, document in wanted.items() if key not in kept
    )
    index_words()
    return len(wanted)


_LOCK = 0x57_17_1B  # any number that no other advisory lock of the shop uses


def _wait_for_others() -> None:
    """Let one process at a time write the documents and words, until it commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _key(document: SearchDocument) -> tuple[int | None, int | None, str]:
    return document.product_id, document.guide_id, document.language


def _same(old: SearchDocument, new: SearchDocument, name: str) -> bool:
    return bool(getattr(old, name) == getattr(new, name))


def _in_each_language(make: Callable[[], SearchDocument]) -> Iterator[SearchDocument]:
    for language in CONFIGS:
        with override(language):
            document = make()
        document.language = language
        yield document


def _products() -> QuerySet[Product]:
    complete = Product.objects.filter(
        category__slug__in=KINDS, detail__isnull=False, safety_card__isnull=False
    )
    return complete.select_related("category", "detail", "safety_card").prefetch_related(
        "set_sizes__size", "variants__single_size__size"
    )


def _of_products(products: Iterable[Any]) -> Iterator[SearchDocument]:
    for product in products:
        yield from _in_each_language(partial(_of_product, product))


def _of_product(product: Any) -> SearchDocument:
    """Build a product's document; no search finds it by what it is not studied for."""
    card, detail, t = product.safety_card, product.detail, translated_text
    description = render_text(t(detail.description_markdown))
    boxes = " ".join(t(line) for line in detail.in_the_box.splitlines())
    names = " ".join(t(variant.name) for variant in product.variants.all())
    return SearchDocument(
        product_id=product.pk,
        title=t(product.name),
        keywords=" ".join([str(KINDS[product.category.slug].search_words), *_traits(card)]),
        summary=t(detail.summary),
        body=without_citations(" ".join([_plain(description), boxes, names, t(card.intended_use)])),
        sizes=_sizes(product),
    )


def _traits(card: Any) -> list[str]:
    traits = [translated_text(card.material)]
    if card.firmness != Firmness.NONE:
        traits.append(str(Firmness(card.firmness).label))
    if card.magnet == Magnet.STATIC:
        traits.append(str(Magnet.STATIC.label))
    return traits


def _sizes(product: Any) -> list[int]:
    singles = (getattr(variant, "single_size", None) for variant in product.variants.all())
    links = [*product.set_sizes.all(), *(link for link in singles if link)]
    return sorted({link.size.number for link in links})


def _of_guides(guides: Iterable[Guide]) -> Iterator[SearchDocument]:
    """Yield each guide's documents, only in the languages that it can be read in."""
    for guide in guides:
        readable = languages_of(guide.body_markdown)
        for document in _in_each_language(partial(_of_guide, guide)):
            if document.language in readable:
                yield document


def _of_guide(guide: Guide) -> SearchDocument:
    """Build a guide's document; what its headings say counts more than its text."""
    t = translated_text
    rendered = render_guide(t(guide.body_markdown), {})
    headings = (entry.text for entry in rendered.contents)
    return SearchDocument(
        guide_id=guide.pk,
        title=t(guide.title),
        keywords=". ".join([guide.get_topic_display(), *headings]),
        summary=t(guide.summary),
        body=f"{t(guide.audience)} {_plain(without_diagrams(rendered.html))}",
    )


def _plain(clean_html: str) -> str:
    """Return the words of `clean_html`, without source numbers such as "[2]"."""
    sentences = _UNENDED.sub(".", clean_html)
    text = nh3.clean(sentences, tags=set(), clean_content_tags={"sup"})
    return " ".join(html.unescape(without_citations(text)).split())

"""Keeping the search's documents current.

Called by whatever changes products or guides: `load_catalogue` and the dashboard. Names, texts
and sizes are copied here; price, stock and visibility are not: the search reads those live.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from typing import Any

import nh3
from django.db import connection, transaction
from django.db.models import QuerySet
from saleor.product.models import Product

from product_content.kinds import KINDS
from product_content.models import Firmness, Guide, Magnet, SearchDocument, SearchWord
from product_content.rendering import without_citations
from product_content.search.query import WORDS

_TEXTS = ("title", "keywords", "summary", "body", "sizes")
_UNENDED = re.compile(r"(?<=\w)(?=</(?:h[2-4]|li)>)")  # a heading or list item without a full stop
_COLLECT_WORDS = """
INSERT INTO product_content_searchword (word)
SELECT word FROM ts_stat($$
    SELECT to_tsvector('simple', concat_ws(' ', title, keywords, summary, body))
    FROM product_content_searchdocument
$$) WHERE word ~ '^[[:alpha:]]{3,40}$' AND nentry > 0
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def rebuild_search() -> int:
    """Rebuild the documents of all products and guides; return how many there are."""
    SearchDocument.objects.all().delete()
    documents = [*_of_products(_products()), *_of_guides(Guide.objects.all())]
    SearchDocument.objects.bulk_create(documents)
    _collect_words()
    return len(documents)


@transaction.atomic
def index_products(*, product_ids: Collection[int]) -> None:
    """Rebuild the documents of these products; one without texts or card loses its document."""
    SearchDocument.objects.filter(product_id__in=product_ids).delete()
    changed = _of_products(_products().filter(pk__in=product_ids))
    SearchDocument.objects.bulk_create(changed)
    _collect_words()


@transaction.atomic
def index_guides(*, guide_ids: Collection[int]) -> None:
    """Rebuild the documents of these guides."""
    SearchDocument.objects.filter(guide_id__in=guide_ids).delete()
    SearchDocument.objects.bulk_create(_of_guides(Guide.objects.filter(pk__in=guide_ids)))
    _collect_words()


def _products() -> QuerySet[Product]:
    complete = Product.objects.filter(
        category__slug__in=KINDS, detail__isnull=False, safety_card__isnull=False
    )
    return complete.select_related("category", "detail", "safety_card").prefetch_related(
        "set_sizes__size", "variants__single_size__size"
    )


def _of_products(products: Iterable[Any]) -> list[SearchDocument]:
    return [_of_product(product) for product in products]


def _of_product(product: Any) -> SearchDocument:
    """Build a product's document; no search finds it by what it is not studied for."""
    card, detail = product.safety_card, product.detail
    return SearchDocument(
        product_id=product.pk,
        title=product.name,
        keywords=" ".join([KINDS[product.category.slug].search_words, *_traits(card)]),
        summary=detail.summary,
        body=without_citations(
            " ".join([_plain(detail.description_html), detail.in_the_box, card.intended_use])
        ),
        sizes=_sizes(product),
    )


def _traits(card: Any) -> list[str]:
    traits = [card.material]
    if card.firmness != Firmness.NONE:
        traits.append(card.firmness)
    if card.magnet == Magnet.STATIC:
        traits.append("magnetic")
    return traits


def _sizes(product: Any) -> list[int]:
    singles = (getattr(variant, "single_size", None) for variant in product.variants.all())
    links = [*product.set_sizes.all(), *(link for link in singles if link)]
    return sorted({link.size.number for link in links})


def _of_guides(guides: Iterable[Guide]) -> list[SearchDocument]:
    return [
        SearchDocument(
            guide_id=guide.pk,
            title=guide.title,
            keywords=guide.get_topic_display(),
            summary=guide.summary,
            body=f"{guide.audience} {_plain(guide.body_html)}",
        )
        for guide in guides
    ]


def _plain(clean_html: str) -> str:
    """Return the words of `clean_html`, without source numbers such as "[2]"."""
    sentences = _UNENDED.sub(".", clean_html)
    text = nh3.clean(sentences, tags=set(), clean_content_tags={"sup"})
    return " ".join(html.unescape(text).split())


def _collect_words() -> None:
    """Rebuild the table of words: those of the documents and of the synonyms."""
    SearchWord.objects.all().delete()
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in sorted(WORDS)])
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT_WORDS)

"""The size chart at true scale."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from product_content import selectors
from product_content.types import ProductCard, SingleOffer, SizeInfo
from storefront.decorators import public_page


class SizeRow(NamedTuple):
    """A size, and where it can be had."""

    size: SizeInfo
    singles: tuple[SingleOffer, ...]
    sets: list[ProductCard]


@require_safe
@public_page
def sizes(request: HttpRequest) -> HttpResponse:
    """Show every size as wide as it is, on a matched screen or on paper."""
    singles, sets = selectors.singles_by_size(), selectors.list_sets()
    chart = selectors.list_sizes()
    rows = [
        SizeRow(size, singles.get(size.number, ()), [card for card in sets if size in card.sizes])
        for size in chart
    ]
    return render(request, "storefront/sizes/page.html", {"rows": rows, "chart": chart})

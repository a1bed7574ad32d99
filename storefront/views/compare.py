"""Sets side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from product_content import selectors
from storefront.decorators import public_page
from storefront.sets_together import MOST_COMPARED, choose


@require_safe
@public_page
def compare(request: HttpRequest) -> HttpResponse:
    """Show the sets named in the address in columns, and offer the others."""
    slugs = request.GET.getlist("set")
    cards = selectors.list_sets()
    chosen = choose(cards, slugs)
    numbers = [{size.number for size in card.sizes} for card in chosen]
    chart = tuple(selectors.list_sizes())
    context = {
        "chosen": chosen,
        "others": [card for card in cards if card not in chosen],
        "rows": [(size, [size.number in own for own in numbers]) for size in chart],
        "chart": chart,
        "room": MOST_COMPARED - len(chosen),
        "too_many": len(set(slugs)) > MOST_COMPARED,
    }
    return render(request, "storefront/catalogue/compare.html", context)

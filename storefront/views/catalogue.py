"""Lists of products and the page of each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from product_content import selectors
from product_content.types import ProductPage, SizeInfo
from storefront.decorators import public_page, vary_on_htmx
from storefront.forms.filters import SetFilterForm
from storefront.set_filters import loosenings, matching, ordered
from storefront.sets_together import missing_sizes, price_one_by_one
from storefront.structured_data import KIND_NAMES

_RELATED_NAMES = {
    "sets": _("You may also be looking for"),
    "singles": _("You may also be looking for"),
    "care": _("Goes with it"),
}


@require_safe
@public_page
def sets(request: HttpRequest) -> HttpResponse:
    """Show all sets on one scale, narrowed down by the filter in the address."""
    chart = tuple(selectors.list_sizes())
    cards = selectors.list_sets()
    form = SetFilterForm(request.GET, chart=chart, cards=cards)
    wanted = form.wanted()
    found = ordered(matching(cards, wanted), form.sort_by())
    hints = [] if found else loosenings(cards, wanted, request.GET.dict())
    context = {
        "chart": chart,
        "form": form,
        "sets": found,
        "chosen_size": wanted.size,
        "filtered": bool(wanted.asked()),
        "heading": _heading(wanted.size),
        "loosenings": [(form.fields[hint.name].label, hint) for hint in hints],
    }
    response = render(request, "storefront/catalogue/sets.html", context)
    return vary_on_htmx(response)


@require_safe
@public_page
def singles(request: HttpRequest) -> HttpResponse:
    """Show what is sold one by one."""
    context = {
        "kind": "singles",
        "heading": KIND_NAMES["singles"],
        "lead": _("One size on its own: to replace one, or to add the step between two."),
        "cards": selectors.list_singles(),
        "chart": tuple(selectors.list_sizes()),
    }
    return render(request, "storefront/catalogue/list.html", context)


@require_safe
@public_page
def care(request: HttpRequest) -> HttpResponse:
    """Show what helps with use, cleaning and keeping."""
    context = {
        "kind": "care",
        "heading": KIND_NAMES["care"],
        "lead": _("Lubricant, cleaning and somewhere to keep it all."),
        "cards": selectors.list_care(),
    }
    return render(request, "storefront/catalogue/list.html", context)


@require_safe
@public_page
def set_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a set."""
    return _product(request, "sets", slug)


@require_safe
@public_page
def single_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product that is sold in single sizes."""
    return _product(request, "singles", slug)


@require_safe
@public_page
def care_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a care product."""
    return _product(request, "care", slug)


def _heading(size: int | None) -> str:
    if size is None:
        return gettext("Sets by size")
    return gettext("Sets with size %(number)s") % {"number": size}


def _product(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    product = selectors.get_product(kind, slug)
    if product is None:
        raise Http404
    chart = tuple(selectors.list_sizes())
    context = {
        "product": product,
        "kind_name": KIND_NAMES[kind],
        "related_name": _RELATED_NAMES[kind],
        "chart": chart,
        "chosen_variant": _chosen_variant(request),
        "wish_options": [option for option in product.variants if option.available < 1],
        **(_beside_singles(product, chart) if kind == "sets" else {}),
    }
    return render(request, "storefront/catalogue/product.html", context)


def _beside_singles(product: ProductPage, chart: tuple[SizeInfo, ...]) -> dict[str, Any]:
    """Return what the sizes of a set, and those next to them, cost one by one."""
    offers = selectors.singles_by_size()
    magnetic = product.safety_card.magnetic
    return {
        "missing": missing_sizes(product.sizes, chart, offers, magnetic=magnetic),
        "one_by_one": price_one_by_one(product.sizes, offers, magnetic=magnetic),
    }


def _chosen_variant(request: HttpRequest) -> int | None:
    value = request.GET.get("option", "")
    return int(value) if value.isdecimal() else None

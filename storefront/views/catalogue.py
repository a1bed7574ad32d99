"""Lists of products and the page of each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from product_content import selectors
from storefront.forms.filters import SetFilterForm, loosen

_KIND_NAMES = {"sets": "Sets by size", "singles": "Single sizes", "care": "Care and comfort"}
_RELATED_NAMES = {
    "sets": "You may also be looking for",
    "singles": "You may also be looking for",
    "care": "Goes with it",
}


@require_safe
def sets(request: HttpRequest) -> HttpResponse:
    """Show all sets on one scale, narrowed down by the filter in the address."""
    chart = tuple(selectors.list_sizes())
    form = SetFilterForm(request.GET, chart=chart)
    wanted = form.wanted()
    context = {
        "chart": chart,
        "form": form,
        "sets": selectors.list_sets(**wanted),
        "chosen_size": wanted["size"],
        "filtered": any(value not in (None, False) for value in wanted.values()),
        "heading": f"Sets with size {wanted['size']}" if wanted["size"] else "Sets by size",
        "loosen": loosen(wanted),
    }
    return render(request, "storefront/catalogue/sets.html", context)


@require_safe
def singles(request: HttpRequest) -> HttpResponse:
    """Show what is sold one by one."""
    context = {
        "kind": "singles",
        "heading": "Single sizes",
        "lead": "One size on its own: to replace one, or to add the step between two.",
        "cards": selectors.list_singles(),
        "chart": tuple(selectors.list_sizes()),
    }
    return render(request, "storefront/catalogue/list.html", context)


@require_safe
def care(request: HttpRequest) -> HttpResponse:
    """Show what helps with use, cleaning and keeping."""
    context = {
        "kind": "care",
        "heading": "Care and comfort",
        "lead": "Lubricant, cleaning and somewhere to keep it all.",
        "cards": selectors.list_care(),
    }
    return render(request, "storefront/catalogue/list.html", context)


@require_safe
def set_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a set."""
    return _product(request, "sets", slug)


@require_safe
def single_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product that is sold in single sizes."""
    return _product(request, "singles", slug)


@require_safe
def care_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a care product."""
    return _product(request, "care", slug)


def _product(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    product = selectors.get_product(kind, slug)
    if product is None:
        raise Http404
    context = {
        "product": product,
        "kind_name": _KIND_NAMES[kind],
        "related_name": _RELATED_NAMES[kind],
        "chart": tuple(selectors.list_sizes()) if product.related else (),
        "chosen_variant": _chosen_variant(request),
    }
    return render(request, "storefront/catalogue/product.html", context)


def _chosen_variant(request: HttpRequest) -> int | None:
    value = request.GET.get("option", "")
    return int(value) if value.isdecimal() else None

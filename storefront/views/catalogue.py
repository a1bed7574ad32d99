"""The catalogue: lists, each product, sets side by side, the size chart, the finder, search.

The finder's questions are asked and answered in the browser, never here. What was searched for is
never logged, and kept for a quarter of an hour at most.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from product_content import selectors
from product_content.kinds import SETS, ProductKind
from product_content.parsing import parse_id
from product_content.search.query import MAX_LENGTH
from product_content.search.selectors import search
from product_content.types import ProductCard, ProductPage, SingleOffer, SizeInfo
from storefront.cookies import QUICK_EXIT_COOKIE, SEARCH_COOKIE, SEARCH_LIFETIME
from storefront.decorators import public_page, same_origin_only, vary_on_htmx
from storefront.forms.filters import SetFilterForm
from storefront.responses import form_view, see_other
from storefront.sets import (
    MAX_COMPARED,
    matching_sets,
    missing_sizes,
    price_one_by_one,
    relaxations,
    sets_to_compare,
    sorted_sets,
    suggestions_by_size,
)


@require_safe
@public_page
def sets(request: HttpRequest) -> HttpResponse:
    """Show all sets on one scale, narrowed down by the filter in the address."""
    chart = tuple(selectors.list_sizes())
    cards = selectors.list_sets()
    form = SetFilterForm(request.GET, chart=chart, cards=cards)
    wanted = form.wanted()
    found = sorted_sets(matching_sets(cards, wanted), form.sort_by())
    hints = [] if found else relaxations(cards, wanted, request.GET.dict())
    context = {
        "chart": chart,
        "form": form,
        "cards": found,
        "chosen_size": wanted.size,
        "filtered": bool(wanted.asked()),
        "heading": _heading(wanted.size),
        "relaxations": [(form.fields[hint.name].label, hint) for hint in hints],
        "current_kind": SETS,
        "is_list": True,
    }
    response = render(request, "storefront/catalogue/sets.html", context)
    return vary_on_htmx(response)


@require_safe
@public_page
def product_list(request: HttpRequest, kind: ProductKind) -> HttpResponse:
    """Show all products of a kind."""
    context = {
        "cards": selectors.list_products(kind.slug),
        "chart": tuple(selectors.list_sizes()) if kind.has_sizes else (),
        "current_kind": kind,
        "is_list": True,
    }
    return render(request, "storefront/catalogue/list.html", context)


def _heading(size: int | None) -> str:
    if size is None:
        return gettext("Sets by size")
    return gettext("Sets with size %(number)s") % {"number": size}


@require_safe
@public_page
def product_page(request: HttpRequest, slug: str, kind: ProductKind) -> HttpResponse:
    """Show a product."""
    product = selectors.get_product(kind.slug, slug)
    if product is None:
        raise Http404
    chart = tuple(selectors.list_sizes())
    context = {
        "product": product,
        "chart": chart,
        "current_kind": kind,
        "chosen_variant": _chosen_variant(request),
        "sold_out_options": [option for option in product.variants if option.available < 1],
        **(_single_prices(product, chart) if kind.lists_sizes else {}),
    }
    return render(request, "storefront/catalogue/product.html", context)


def _single_prices(product: ProductPage, chart: tuple[SizeInfo, ...]) -> dict[str, Any]:
    """Return what the sizes of a set, and those next to them, cost one by one."""
    offers = selectors.singles_by_size()
    magnetic = product.safety_card.magnetic
    return {
        "missing": missing_sizes(product.sizes, chart, offers, magnetic=magnetic),
        "one_by_one": price_one_by_one(product.sizes, offers, magnetic=magnetic),
    }


def _chosen_variant(request: HttpRequest) -> int | None:
    return parse_id(request.GET.get("option", ""))


@require_safe
@public_page
def compare(request: HttpRequest) -> HttpResponse:
    """Show the sets named in the address in columns, and offer the others."""
    slugs = request.GET.getlist("set")
    cards = selectors.list_sets()
    chosen = sets_to_compare(cards, slugs)
    numbers = [{size.number for size in card.sizes} for card in chosen]
    chart = tuple(selectors.list_sizes())
    context = {
        "chosen": chosen,
        "others": [card for card in cards if card not in chosen],
        "rows": [(size, [size.number in own for own in numbers]) for size in chart],
        "chart": chart,
        "room": MAX_COMPARED - len(chosen),
        "too_many": len(set(slugs)) > MAX_COMPARED,
        "current_kind": SETS,
    }
    return render(request, "storefront/catalogue/compare.html", context)


class SizeRow(NamedTuple):
    """A size, and where it can be had."""

    size: SizeInfo
    singles: tuple[SingleOffer, ...]
    sets: list[ProductCard]


@require_safe
@public_page
def sizes(request: HttpRequest) -> HttpResponse:
    """Show every size at its real width, on a calibrated screen or on paper."""
    singles, sets = selectors.singles_by_size(), selectors.list_sets()
    chart = selectors.list_sizes()
    rows = [
        SizeRow(size, singles.get(size.number, ()), [card for card in sets if size in card.sizes])
        for size in chart
    ]
    context = {"rows": rows, "chart": chart, "current_kind": SETS}
    return render(request, "storefront/sizes/page.html", context)


@require_safe
@public_page
def finder(request: HttpRequest) -> HttpResponse:
    """Show the questions, and what there is for each size; takes no answer."""
    chart = selectors.list_sizes()
    picks = suggestions_by_size(chart, selectors.list_sets(), selectors.singles_by_size())
    context = {"picks": picks, "chart": chart, "current_kind": SETS}
    return render(request, "storefront/finder/page.html", context)


_EXAMPLES = (_("size 3"), "23 mm", _("lubricant"), _("first session"), _("cleaning"))
_KEY = re.compile(r"[\w-]{22}", re.ASCII)  # as secrets.token_urlsafe makes it


@form_view
@csrf_exempt  # a token would need a cookie; `_searched` looks where the form comes from
@public_page
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what fits the words that were sent; with htmx, while they are being typed.

    They are sent as a form and not in the address, which histories, logs and proxies keep. For a
    while they wait in the cache under a random key, which a cookie of this page's holds. An
    address with words (`?q=`) works for whoever wants one to share.
    """
    if request.method == "POST":
        return _searched(request)
    return _found(request, _words(request.GET.get("q", "")) or _kept_words(request))


@same_origin_only
def _searched(request: HttpRequest) -> HttpResponse:
    text, key = _words(request.POST.get("q", "")), _search_key(request)
    key = key or secrets.token_urlsafe(16)
    cache.set(f"search-{key}", text, SEARCH_LIFETIME.total_seconds())
    response = _found(request, text) if "HX-Request" in request.headers else see_other("/search/")
    response.set_cookie(
        SEARCH_COOKIE, key, path=request.path, secure=request.is_secure(), httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return response


def _words(typed: str) -> str:
    return typed.strip()[:MAX_LENGTH]


def _kept_words(request: HttpRequest) -> str:
    key = "" if QUICK_EXIT_COOKIE in request.COOKIES else _search_key(request)
    return str(cache.get(f"search-{key}", "")) if key else ""


def _search_key(request: HttpRequest) -> str:
    key = request.COOKIES.get(SEARCH_COOKIE, "")
    return key if _KEY.fullmatch(key) else ""


def _found(request: HttpRequest, text: str) -> HttpResponse:
    """Return the page; its title stays neutral and no cache may store it."""
    context = {
        "text": text,
        "result": search(text),
        "tries": _EXAMPLES,
        "max_length": MAX_LENGTH,
        "minutes": SEARCH_LIFETIME // timedelta(minutes=1),
    }
    response = render(request, "storefront/search/page.html", context)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return vary_on_htmx(response)

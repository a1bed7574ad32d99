"""The catalogue: lists, each product, sets side by side, the size chart, the finder, search.

The finder's questions are asked and answered in the browser, never here. What was searched for is
never logged, and kept for a quarter of an hour at most.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from product_content import selectors
from product_content.kinds import SETS, SINGLES, ProductKind
from product_content.languages import localized, prefix
from product_content.page_changes import kept_value
from product_content.pages import delivery_zones, home_delivery
from product_content.parsing import parse_id
from product_content.search.query import MAX_LENGTH, parse_query
from product_content.search.selectors import search
from product_content.types import ProductOutline, ProductPage, SingleOffer, SizeInfo
from storefront.decorators import private_page, same_origin_only, vary_on_htmx
from storefront.forms.basket import SetFilterForm, SizeListForm
from storefront.page_cache import kept_values, public_page
from storefront.responses import (
    INVALID,
    QUICK_EXIT_COOKIE,
    SEARCH_COOKIE,
    SEARCH_LIFETIME,
    form_view,
    moved,
    or_404,
    see_other,
)
from storefront.saved_lists import listed, price_of, qr_code, sealed, unsealed
from storefront.sets import (
    BY_PRICE,
    MAX_COMPARED,
    NamedSizes,
    best_sets,
    fitting_sets,
    matching_sets,
    missing_sizes,
    named_sizes,
    own_sizes_singly,
    price_one_by_one,
    relaxations,
    sets_to_compare,
    sizes_asked_for,
    sorted_sets,
    suggestions_by_size,
)

CARDS_ON_PAGE = 24
SINGLES_OF_A_SIZE = 4  # of each sort, on the page of sizes


_NEED_STOCK = {"in_stock", "from_mm"}  # two widths are answered with what holds all sizes between


@require_safe
@public_page("page", *SetFilterForm.base_fields)
def sets(request: HttpRequest) -> HttpResponse:
    """Show all sets on one scale, narrowed down by the filter in the address."""
    chart = tuple(selectors.list_sizes())
    stock = not _NEED_STOCK.isdisjoint(request.GET)
    known: Sequence[ProductOutline] = selectors.list_outlines(SETS.slug, stock=stock)
    form = SetFilterForm(request.GET, chart=chart, cards=known)
    wanted = form.wanted()
    if wanted.max_price is not None or form.sort_by() == BY_PRICE:
        known = selectors.list_sets()  # what they cost in the sales of now is on their cards only
    found = sorted_sets(matching_sets(known, wanted), form.sort_by())
    page = _page_of(found, request)
    hints = [] if found else relaxations(known, wanted, request.GET.dict())
    named = _named(sizes_asked_for(wanted, chart), chart, known, magnetic=bool(wanted.magnetic))
    context = {
        "chart": chart,
        "form": form,
        "cards": selectors.cards_of(list(page)),
        "found": len(found),
        "page": page,
        "query": form.query(),
        "chosen_size": wanted.size,
        "filtered": bool(wanted.asked()),
        "heading": _heading(wanted.size),
        "named": named,
        "relaxations": [(form.fields[hint.name].label, hint) for hint in hints],
        "current_kind": SETS,
        "is_list": True,
    }
    return render(request, "storefront/catalogue/sets.html", context)


@require_safe
@public_page("page")
def product_list(request: HttpRequest, kind: ProductKind) -> HttpResponse:
    """Show all products of a kind."""
    page = _page_of(selectors.list_outlines(kind.slug), request)
    context = {
        "cards": selectors.cards_of(list(page)),
        "page": page,
        "chart": tuple(selectors.list_sizes()) if kind.has_sizes else (),
        "offers": _one_for_each_size() if kind is SINGLES else (),
        "current_kind": kind,
        "is_list": True,
    }
    return render(request, "storefront/catalogue/list.html", context)


def _one_for_each_size() -> list[SingleOffer]:
    """Return the first offer of each size that is sold singly: one without magnets if there is."""
    return [offers[0] for offers in selectors.singles_by_size().values()]


def _page_of(known: Sequence[ProductOutline], request: HttpRequest) -> Page[ProductOutline]:
    """Return the page that the address asks for, or the nearest one there is."""
    return Paginator(known, CARDS_ON_PAGE).get_page(request.GET.get("page"))


def _named(
    numbers: Sequence[int],
    chart: Sequence[SizeInfo],
    known: Sequence[ProductOutline],
    *,
    magnetic: bool = False,
) -> NamedSizes | None:
    """Return what there is of exactly these sizes; no query where none was named."""
    if not numbers:
        return None
    offers = selectors.singles_by_size()
    outlined = named_sizes(numbers, chart, offers, known, magnetic=magnetic)
    cards = selectors.cards_of([each.card for each in outlined.sets]) if outlined else ()
    return named_sizes(numbers, chart, offers, cards, magnetic=magnetic)


def _heading(size: int | None) -> str:
    if size is None:
        return gettext("Sets by size")
    return gettext("Sets with size %(number)s") % {"number": size}


@require_safe
@public_page("option")
def product_page(request: HttpRequest, slug: str, kind: ProductKind) -> HttpResponse:
    """Show a product."""
    product = selectors.get_product(kind.slug, slug)
    if product is None:
        return moved(request, selectors.moved_product(slug))
    chart = tuple(selectors.list_sizes())
    context = {
        "product": product,
        "reviews": selectors.reviews_of(product.id) if product.review_count else None,
        "chart": chart,
        "current_kind": kind,
        "zones": (zones := delivery_zones()),
        "home_delivery": home_delivery(zones),
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
        "own_sizes": own_sizes_singly(product.sizes, offers, magnetic=magnetic),
    }


def _chosen_variant(request: HttpRequest) -> int | None:
    return parse_id(request.GET.get("option", ""))


@require_safe
@public_page("set", "page")
def compare(request: HttpRequest) -> HttpResponse:
    """Show the sets named in the address in columns, and offer the others."""
    slugs = request.GET.getlist("set")
    known = selectors.list_outlines(SETS.slug)
    named = sets_to_compare(known, slugs)
    page = _page_of([one for one in known if one not in named], request)
    chosen = selectors.cards_of(named)
    numbers = [{size.number for size in card.sizes} for card in chosen]
    chart = tuple(selectors.list_sizes())
    context = {
        "chosen": chosen,
        "others": selectors.cards_of(list(page)),
        "page": page,
        "query": urlencode([("set", card.slug) for card in chosen]),
        "rows": [(size, [size.number in own for own in numbers]) for size in chart],
        "chart": chart,
        "room": MAX_COMPARED - len(chosen),
        "too_many": len(set(slugs)) > MAX_COMPARED,
        "current_kind": SETS,
    }
    return render(request, "storefront/catalogue/compare.html", context)


class SizeRow(NamedTuple):
    """A size, and where it can be had; `sets` is the number of those that have it."""

    size: SizeInfo
    singles: tuple[SingleOffer, ...]
    sets: int


@require_safe
@public_page()
def sizes(request: HttpRequest) -> HttpResponse:
    """Show every size at its real width, on a calibrated screen or on paper."""
    singles, chart = selectors.singles_by_size(SINGLES_OF_A_SIZE), selectors.list_sizes()
    having = Counter(size for one in selectors.list_outlines(SETS.slug) for size in one.sizes)
    rows = [SizeRow(size, singles.get(size.number, ()), having[size]) for size in chart]
    context = {"rows": rows, "chart": chart, "current_kind": SETS}
    return render(request, "storefront/sizes/page.html", context)


@require_safe
@public_page()
def finder(request: HttpRequest) -> HttpResponse:
    """Show the questions, and what there is for each size; takes no answer."""
    chart = selectors.list_sizes()
    fitting = kept_value(  # a sale changes nothing of it
        ("fitting", prefix()), lambda: fitting_sets(chart, selectors.list_outlines(SETS.slug))
    )
    best = best_sets(fitting, selectors.pieces_of)
    wanted = {pk for ids in best for pk in ids}
    known = [one for one in selectors.list_outlines(SETS.slug) if one.id in wanted]
    cards = {one.id: one for one in selectors.cards_of(known)}
    picks = suggestions_by_size(chart, best, cards, selectors.singles_by_size())
    context = {"picks": picks, "chart": chart, "current_kind": SETS}
    return render(request, "storefront/finder/page.html", context)


@form_view
@csrf_exempt  # a token would need a cookie; `_listed` looks where the form comes from
@public_page()
def new_list(request: HttpRequest) -> HttpResponse:
    """Let anybody put sizes together for somebody else; the address of the answer is the list."""
    if request.method == "POST":
        return _listed(request)
    return _list_form(request, SizeListForm(None, chart=selectors.list_sizes()), HTTPStatus.OK)


@same_origin_only
def _listed(request: HttpRequest) -> HttpResponse:
    form = SizeListForm(request.POST, chart=selectors.list_sizes())
    if not form.is_valid():
        return _list_form(request, form, INVALID)
    return see_other(f"/list/{sealed(form.wanted())}/")


def _list_form(request: HttpRequest, form: SizeListForm, status: int) -> HttpResponse:
    return render(request, "storefront/lists/new.html", {"form": form}, status=status)


@require_safe
@private_page
def size_list(request: HttpRequest, token: str) -> HttpResponse:
    """Show a list: what is on it, one button for the basket, and a card to print and hand over."""
    wanted = or_404(unsealed(token))
    rows = listed(wanted, selectors.list_sizes(), selectors.singles_by_size())
    address = f"{settings.PUBLIC_URL}{localized(f'/list/{token}/')}"
    context = {
        "rows": rows,
        "magnetic": wanted.magnetic,
        "total": price_of(rows),
        "address": address,
        "qr_code": qr_code(address),
    }
    return render(request, "storefront/lists/list.html", context)


_KEY = re.compile(r"[\w-]{22}", re.ASCII)  # as secrets.token_urlsafe makes it


@form_view
@csrf_exempt  # a token would need a cookie; `_searched` looks where the form comes from
@gzip_page
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


def _named_in(text: str) -> NamedSizes | None:
    """Return what there is of the sizes in a search, if it names two or more."""
    chart = selectors.list_sizes() if any(sign.isdigit() for sign in text) else []
    numbers = parse_query(text, chart).sizes.numbers if chart else ()
    if len(numbers) <= 1:
        return None
    return _named(numbers, chart, selectors.list_outlines(SETS.slug, stock=True))


def _found(request: HttpRequest, text: str) -> HttpResponse:
    """Return the page; its title stays neutral and no cache may store it."""
    result = search(text)
    with kept_values():
        named = _named_in(text)
    context = {
        "text": text,
        "result": result,
        "named": named,
        "tries": () if result.total else _examples(),
        "max_length": MAX_LENGTH,
        "minutes": SEARCH_LIFETIME // timedelta(minutes=1),
    }
    response = render(request, "storefront/search/page.html", context)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return vary_on_htmx(response)


def _examples() -> list[str]:
    """Return what one could search for: a size and a width of the chart, goods and a guide."""
    chart = selectors.list_sizes()
    small, middle = chart[:3][-1:], chart[:4][-1:]
    sizes = [gettext("size %(number)s") % {"number": size.number} for size in small]
    return [*sizes, *(f"{size.diameter_mm} mm" for size in middle), *selectors.names_to_try()]


_PAPER_LINES = 14  # of the diary on one sheet, with the plan above it


@require_safe
@public_page()
def plan(request: HttpRequest) -> HttpResponse:
    """Show the page for a plan, a timer and a diary; what is written there never comes here."""
    offers = selectors.singles_by_size()
    context = {
        "chart": tuple(selectors.list_sizes()),
        "offers": [(number, found[0]) for number, found in offers.items()],
        "days": WEEKDAYS.values(),
        "lines": range(_PAPER_LINES),
    }
    return render(request, "storefront/plan/page.html", context)

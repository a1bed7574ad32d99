"""Home, guides, the pages about the shop itself, and the quick exit.

The quick exit ends the private view: private pages then ask before they open again.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from plugins.ordering.payment_provider import offered_methods
from plugins.ordering.retention import RETENTION
from product_content import selectors
from product_content.types import GuideCard
from storefront.cookies import (
    BASKET_COOKIE_AGE,
    QUICK_EXIT_COOKIE,
    QUICK_EXIT_URL,
    SEARCH_COOKIE,
    SEARCH_LIFETIME,
)
from storefront.decorators import public_page, same_origin_only
from storefront.order_access import ORDER_ACCESS_LIFETIME
from storefront.responses import see_other

_ON_HOME = 3  # sets, and twice as many guides


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Say what this shop is and let people start from a size."""
    context = {
        "chart": tuple(selectors.list_sizes()),
        "cards": selectors.list_sets()[:_ON_HOME],
        "guides": selectors.list_guides()[: 2 * _ON_HOME],
    }
    return render(request, "storefront/pages/home.html", context)


@require_safe
@public_page
def health_data(request: HttpRequest) -> HttpResponse:
    """Show the separate notice on consumer health data that some laws require."""
    context = {"methods": offered_methods().values()}
    return render(request, "storefront/pages/health_data.html", context)


@require_safe
@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data is kept, which cookies are set, and for how long."""
    context = {
        "basket_cookie": settings.BASKET_COOKIE_NAME,
        "basket_days": BASKET_COOKIE_AGE.days,
        "search_cookie": SEARCH_COOKIE,
        "search_minutes": SEARCH_LIFETIME // timedelta(minutes=1),
        "orders_cookie": settings.ORDERS_COOKIE_NAME,
        "order_access_hours": ORDER_ACCESS_LIFETIME // timedelta(hours=1),
        "form_cookie": settings.CSRF_COOKIE_NAME,
        "staff_cookie": settings.SESSION_COOKIE_NAME,
        "hold_minutes": settings.RESERVATION_MINUTES,
        "retention": RETENTION.values(),
        "methods": offered_methods().values(),
    }
    return render(request, "storefront/pages/privacy.html", context)


@require_safe
@public_page
def guides(request: HttpRequest) -> HttpResponse:
    """Show all guides by topic."""
    topics: dict[str, list[GuideCard]] = {}
    for card in selectors.list_guides():
        topics.setdefault(card.topic_label, []).append(card)
    return render(request, "storefront/guides/list.html", {"topics": topics})


@require_safe
@public_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide with its sources, its products and what to read next."""
    page = selectors.get_guide(slug)
    if page is None:
        raise Http404
    return render(request, "storefront/guides/guide.html", {"guide": page})


@require_safe
@public_page
def how_we_know(request: HttpRequest) -> HttpResponse:
    """Show every claim of the texts with its sources, for whom it holds, and its limits."""
    context = {"claims": selectors.list_claims(), "sources": selectors.list_sources()}
    return render(request, "storefront/pages/how_we_know.html", context)


@require_POST
@same_origin_only
def quick_exit(request: HttpRequest) -> HttpResponse:
    """Close private pages in this browser and lead away; nothing is kept here.

    Scripts may read the cookie: other tabs of the browser look for it, and leave too.
    """
    response = see_other(QUICK_EXIT_URL)
    response.set_cookie(QUICK_EXIT_COOKIE, "1", samesite="Lax", secure=request.is_secure())
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@same_origin_only
def undo_quick_exit(request: HttpRequest) -> HttpResponse:
    """Open private pages again; only asked for by a button on our own page."""
    response = see_other("/basket/")
    response.delete_cookie(QUICK_EXIT_COOKIE, samesite="Lax")
    return response

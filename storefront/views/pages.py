"""Home and the pages about the shop itself."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plugins.ordering.retention import RETENTION
from product_content import selectors
from storefront.cookies import BASKET_COOKIE_AGE
from storefront.decorators import public_page
from storefront.grants import GRANT_LIFETIME

_ON_HOME = 3  # sets, and twice as many guides


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Say what this shop is and let people start from a size."""
    context = {
        "chart": tuple(selectors.list_sizes()),
        "sets": selectors.list_sets()[:_ON_HOME],
        "guides": selectors.list_guides()[: 2 * _ON_HOME],
    }
    return render(request, "storefront/pages/home.html", context)


@require_safe
@public_page
def health_data(request: HttpRequest) -> HttpResponse:
    """The notice of its own that some laws ask for about health data of consumers."""
    return render(request, "storefront/pages/health_data.html")


@require_safe
@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data is kept, which cookies are set, and for how long."""
    context = {
        "basket_cookie": settings.BASKET_COOKIE_NAME,
        "basket_days": BASKET_COOKIE_AGE.days,
        "orders_cookie": settings.ORDERS_COOKIE_NAME,
        "grant_hours": GRANT_LIFETIME // timedelta(hours=1),
        "form_cookie": settings.CSRF_COOKIE_NAME,
        "staff_cookie": settings.SESSION_COOKIE_NAME,
        "hold_minutes": settings.RESERVATION_MINUTES,
        "retention": RETENTION.values(),
    }
    return render(request, "storefront/pages/privacy.html", context)

"""The one admin site of the shop, mounted at /staff/, with its search and idle log-out.

After failed log-ins staff see a page that says for how long the log-in is locked:
saleor_config.edge shows it, as AXES_LOCKOUT_CALLABLE. Passwords and codes are counted together: a
few attempts for both factors, not for each.
"""

from __future__ import annotations

import time
from time import perf_counter
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME, logout, user_login_failed
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from saleor.order.models import Order
from saleor.product.models import ProductVariant
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from dashboard.forms import StaffLoginForm
from dashboard.middleware import View, is_second_factor_pending, staff_page
from dashboard.selectors.catalogue import variant_in_words
from dashboard.selectors.finding import orders_found
from saleor_config.client_address import client_address

_LAST_ACTIVITY = "staff_last_activity"
_MIN_WRITE_INTERVAL = 60  # seconds: not every page needs to write the session


def end_if_idle(request: HttpRequest) -> None:
    """Log out a person after STAFF_IDLE_MINUTES without a request; else record the time."""
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    last_active = int(request.session.get(_LAST_ACTIVITY, now))
    if now - last_active > settings.STAFF_IDLE_MINUTES * 60:
        logout(request)
        messages.info(request, "You were away for a while, so we logged you out.")
    elif _LAST_ACTIVITY not in request.session or now - last_active > _MIN_WRITE_INTERVAL:
        request.session[_LAST_ACTIVITY] = now


_MIN_TYPED = 2  # letters: one would find half of the orders, and changes with the next
_ORDERS_SHOWN = 8


def search_results(
    request: HttpRequest, sidebar: list[dict[str, Any]], typed: str
) -> list[SearchResult]:
    """Return the newest orders that fit what was typed, and the lines of the sidebar that do.

    Unfold's own search names models and remembers what it found for five minutes, also for
    somebody whose role was taken away meanwhile.
    """
    return [*_order_results(request, typed), *_sidebar_results(sidebar, typed.casefold())]


def _order_results(request: HttpRequest, typed: str) -> list[SearchResult]:
    user: Any = request.user
    too_short = len(typed) < _MIN_TYPED and not typed.isdecimal()
    found = orders_found(typed) if user.has_perm("order.manage_orders") and not too_short else None
    if found is None:
        return []
    orders = Order.objects.confirmed().filter(pk__in=found.pks).select_related("shipping_address")
    rows = list(orders.order_by("-pk")[: _ORDERS_SHOWN + 1])
    shown = [_order_result(order) for order in rows[:_ORDERS_SHOWN]]
    return shown if len(rows) <= _ORDERS_SHOWN else [*shown, _more_orders(typed)]


def _order_result(order: Order) -> SearchResult:
    address = order.shipping_address
    day = date_format(timezone.localtime(order.created), "j M Y")
    about = " · ".join(filter(None, (day, address.full_name.strip() if address else "")))
    url = reverse("admin:order_order_change", args=[order.pk])
    return SearchResult(f"Order {order}", about, url, "package_2")


def _more_orders(typed: str) -> SearchResult:
    url = f"{reverse('admin:order_order_changelist')}?{urlencode({'q': typed})}"
    return SearchResult("All of these orders", "as a list", url, "list")


def _sidebar_results(sidebar: list[dict[str, Any]], wanted: str) -> list[SearchResult]:
    return [
        SearchResult(line["title"], group.get("title", ""), str(line["link"]), line["icon"])
        for group in sidebar
        for line in group["items"]
        if line["has_permission"]
        and (wanted in line["title"].casefold() or wanted in group.get("title", "").casefold())
    ]


class Suggestions(AutocompleteJsonView):
    """What a field with suggestions offers; variants by SKU and product, as "Small" says little."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """Return one suggestion."""
        said = super().serialize_result(obj, to_field_name)
        return said | {"text": variant_in_words(obj)} if isinstance(obj, ProductVariant) else said


_RESULTS_PER_PAGE = 100  # on one page; the sidebar has fewer lines than that


class StaffSite(UnfoldAdminSite):
    """Unfold's site for staff; only models registered here have a page."""

    login_form = StaffLoginForm
    index_title = "Home"
    index_template = "dashboard/home.html"

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Guard a view as Django does, with a page of our own for a missing permission."""
        guarded = super().admin_view(view, cacheable)

        @staff_page
        def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            end_if_idle(request)
            try:
                return guarded(request, *args, **kwargs)
            except PermissionDenied:
                return self.refused(request)

        return page

    def get_urls(self) -> list[Any]:
        """Return the addresses without Django's redirect to "view on site".

        It looks up a row of any table for whoever is staff; the shop has no use for it.
        """
        return [page for page in super().get_urls() if getattr(page, "name", "") != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a field with suggestions."""
        return Suggestions.as_view(admin_site=self)(request)

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit only staff who gave both factors."""
        user: Any = request.user  # django-otp's middleware adds `is_verified`
        return super().has_permission(request) and bool(user.is_verified())

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Show the log-in form or the second factor's page; `admin_view` guards all others."""
        if request.method == "GET" and is_second_factor_pending(request):
            wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
            return redirect_to_login(wanted, reverse("staff-second-factor"))
        return staff_page(super().login)(request, extra_context)

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what fits the letters typed so far, in Unfold's own list."""
        typed = request.GET.get("s", "").strip()
        if not typed:
            return HttpResponse()
        begun = perf_counter()
        found = Paginator(
            search_results(request, self.get_sidebar_list(request), typed), _RESULTS_PER_PAGE
        )
        page = found.get_page(request.GET.get("page"))  # an invalid page number is the first page
        context = {
            "page_obj": found,
            "results": page,
            "page_counter": page.start_index() - 1,
            "execution_time": perf_counter() - begun,
        }
        kind = "command" if "extended" in request.GET else "search"
        return TemplateResponse(request, f"unfold/helpers/{kind}_results.html", context)

    def refused(self, request: HttpRequest) -> HttpResponseBase:
        """Say that the person lacks the permission of this section (403)."""
        context = {**self.each_context(request), "title": "Not part of your work here"}
        return TemplateResponse(request, "dashboard/refused.html", context, status=403)


staff_site = StaffSite()


def locked_out(request: HttpRequest, *_details: Any) -> HttpResponseBase:
    """Say that the log-in is locked, with status 429; the same whether the account exists."""
    return staff_page(_locked_page)(request)


def is_locked(request: HttpRequest) -> bool:
    """Say whether the person who gives the second factor has no attempts left."""
    return not AxesProxyHandler.is_allowed(request, _credentials(request))


def record_failed_attempt(request: HttpRequest) -> None:
    """Count a wrong code of the second factor."""
    user_login_failed.send(sender=__name__, credentials=_credentials(request), request=request)


def reset_failed_attempts(request: HttpRequest) -> None:
    """Reset the person's count, for this IP address only: others may still be guessing."""
    AxesProxyHandler.reset_attempts(ip_address=client_address(request), **_credentials(request))


def _credentials(request: HttpRequest) -> dict[str, str]:
    user: Any = request.user  # the code is asked after the password, so the user is known
    return {"username": user.email}


def _locked_page(request: HttpRequest) -> HttpResponse:
    context = {
        **staff_site.each_context(request),
        "title": "Locked for a while",
        "hours": settings.AXES_COOLOFF_TIME,
    }
    return render(request, "dashboard/locked_out.html", context, status=429)

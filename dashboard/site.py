"""The one admin site of the shop, mounted at /staff/."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from dashboard.forms import StaffLoginForm
from dashboard.idle import end_if_idle
from dashboard.pages import View, is_half_way, staff_page
from dashboard.search import found_for

_FOUND = 100  # on one page; the sidebar has fewer lines than that


class StaffSite(UnfoldAdminSite):
    """Unfold's site for staff; only models registered here have a page."""

    login_form = StaffLoginForm
    index_title = "Home"
    index_template = "dashboard/home.html"

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Guard a view as Django does, and answer a missing permission with a page of ours."""
        guarded = super().admin_view(view, cacheable)

        @staff_page
        def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            end_if_idle(request)
            try:
                return guarded(request, *args, **kwargs)
            except PermissionDenied:
                return self.refused(request)

        return page

    def has_permission(self, request: HttpRequest) -> bool:
        """Let only those in who took both steps of the log-in."""
        user: Any = request.user  # django-otp's middleware adds `is_verified`
        return super().has_permission(request) and bool(user.is_verified())

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Show the log-in form, or the way to its second step; `admin_view` guards all else."""
        if request.method == "GET" and is_half_way(request):
            wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
            return redirect_to_login(wanted, reverse("staff-second-step"))
        return staff_page(super().login)(request, extra_context)

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what fits the letters typed so far, in Unfold's own list."""
        typed = request.GET.get("s", "").strip()
        if not typed:
            return HttpResponse()
        begun = perf_counter()
        found = Paginator(found_for(request, self.get_sidebar_list(request), typed), _FOUND)
        page = found.get_page(request.GET.get("page"))  # any page that is none is the first
        context = {
            "page_obj": found,
            "results": page,
            "page_counter": page.start_index() - 1,
            "execution_time": perf_counter() - begun,
        }
        kind = "command" if "extended" in request.GET else "search"
        return TemplateResponse(request, f"unfold/helpers/{kind}_results.html", context)

    def refused(self, request: HttpRequest) -> HttpResponseBase:
        """Say that this section is not for this person (403)."""
        context = {**self.each_context(request), "title": "Not part of your work here"}
        return TemplateResponse(request, "dashboard/refused.html", context, status=403)


staff_site = StaffSite()

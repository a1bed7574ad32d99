"""The answer to staff while a log-in is locked; saleor_config.lockout asks for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from dashboard.pages import staff_page
from dashboard.site import staff_site


def locked_out(request: HttpRequest, *_details: Any) -> HttpResponseBase:
    """Say that the log-in is locked, with status 429; the same whether the account exists."""
    return staff_page(_page)(request)


def _page(request: HttpRequest) -> HttpResponse:
    context = {
        **staff_site.each_context(request),
        "title": "Locked for a while",
        "hours": settings.AXES_COOLOFF_TIME,
    }
    return render(request, "dashboard/locked_out.html", context, status=429)

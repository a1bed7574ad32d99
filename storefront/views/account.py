"""The customer's account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.customers import customer_page


@require_safe
@customer_page
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is in the account."""
    return render(request, "storefront/account/overview.html")

"""The size finder: the questions are asked and answered in the browser, never here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from product_content import selectors
from storefront.decorators import public_page
from storefront.finder import picks_by_size


@require_safe
@public_page
def finder(request: HttpRequest) -> HttpResponse:
    """Show the questions, and what there is for each size; takes no answer."""
    chart = selectors.list_sizes()
    picks = picks_by_size(chart, selectors.list_sets(), selectors.singles_by_size())
    return render(request, "storefront/finder/page.html", {"picks": picks, "chart": chart})

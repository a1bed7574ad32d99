"""Guides: the list and the page of each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from product_content import selectors
from product_content.types import GuideCard
from storefront.decorators import public_page


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

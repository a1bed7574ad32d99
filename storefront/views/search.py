"""Search over products and guides. What was searched for is never kept or logged."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from product_content.search.query import MAX_LENGTH
from product_content.search.selectors import search
from storefront.decorators import public_page, vary_on_htmx

_TRY = (_("size 3"), "23 mm", _("lubricant"), _("first session"), _("cleaning"))


@require_safe
@public_page
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what fits the words in the address; with htmx, while they are being typed.

    The title stays neutral and nothing on the way may store the answer: what somebody looks
    for here is nobody else's business.
    """
    text = request.GET.get("q", "").strip()[:MAX_LENGTH]
    context = {
        "text": text, "result": search(text), "tries": _TRY, "longest": MAX_LENGTH,
    }  # fmt: skip
    response = render(request, "storefront/search/page.html", context)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return vary_on_htmx(response)

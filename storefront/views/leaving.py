"""Leaving quickly: the private view ends, and private pages ask before they open again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from storefront.cookies import LEFT_COOKIE
from storefront.decorators import same_origin_only
from storefront.views.basket import see_other


@require_POST
@same_origin_only
def leave(request: HttpRequest) -> HttpResponse:
    """Note in the browser that its user has left; nothing is kept here."""
    response = HttpResponse(status=204)
    response.set_cookie(LEFT_COOKIE, "1", httponly=True, samesite="Lax", secure=request.is_secure())
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@same_origin_only
def come_back(request: HttpRequest) -> HttpResponse:
    """Open private pages again; only asked for by a button on our own page."""
    response = see_other("/basket/")
    response.delete_cookie(LEFT_COOKIE, samesite="Lax")
    return response

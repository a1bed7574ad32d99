"""Asking to be told when something is in stock again, and taking it back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from plugins.inventory.services import forget_wish
from storefront.decorators import private_page, same_origin_only
from storefront.forms.wishes import WishForm
from storefront.limits import TOO_MANY, is_within
from storefront.services.wishes import wish_for
from storefront.views.basket import INVALID


@require_POST
@same_origin_only
@private_page
def ask(request: HttpRequest) -> HttpResponse:
    """Keep an address until the product is there again; the page names no product."""
    form = WishForm(request.POST)
    if not form.is_valid():
        return _again(request, form, INVALID)
    if not is_within(request, what="wish"):
        return _again(request, form, TOO_MANY)
    wish_for(**form.cleaned_data, language=get_language() or "en")
    return render(request, "storefront/wishes/kept.html")


def _again(request: HttpRequest, form: WishForm, status: int) -> HttpResponse:
    context = {"form": form, "status": status}
    return render(request, "storefront/wishes/ask.html", context, status=status)


@require_safe
@private_page
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more: mail programs open links by themselves."""
    return render(request, "storefront/wishes/take_back.html", {"token": token})


@require_POST
@same_origin_only
@private_page
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """Delete the address of a link; one that is gone already is no mistake."""
    if not forget_wish(token=token):
        raise Http404
    return render(request, "storefront/wishes/gone.html")

"""Asking for a back-in-stock alert, and taking it back."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from plugins.inventory.alerts import delete_back_in_stock_alert
from product_content.parsing import EmailAddressField
from storefront.decorators import private_page, same_origin_only
from storefront.for_sale import page_of_link, request_variant_alert
from storefront.limits import is_within
from storefront.responses import INVALID, TOO_MANY, not_sent

_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")


class AlertForm(forms.Form):
    """An e-mail address, and what it is for."""

    variant = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    email = EmailAddressField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )


@require_POST
@same_origin_only
@private_page
def request_alert(request: HttpRequest) -> HttpResponse:
    """Store an alert for an address; the answer names no product."""
    form = AlertForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, INVALID)
    if not is_within(request, what="back-in-stock"):
        return _form_page(request, form, TOO_MANY)
    request_variant_alert(**form.cleaned_data, language=get_language() or "en")
    return render(request, "storefront/back_in_stock/requested.html")


def _form_page(request: HttpRequest, form: AlertForm, status: int) -> HttpResponse:
    context = {"form": form, **not_sent(status)}
    return render(request, "storefront/back_in_stock/form.html", context, status=status)


@require_safe
@private_page
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Lead from the link of an e-mail, which names nothing, to the page of the product."""
    if page := page_of_link(token):
        return redirect(page)
    raise Http404


@require_safe
@private_page
def confirm_removal(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for confirmation, because mail programs open links by themselves."""
    return render(request, "storefront/back_in_stock/confirm_removal.html", {"token": token})


@require_POST
@same_origin_only
@private_page
def remove(request: HttpRequest, token: str) -> HttpResponse:
    """Delete the alert of a link; one that is gone already is no error."""
    if not delete_back_in_stock_alert(token=token):
        raise Http404
    return render(request, "storefront/back_in_stock/removed.html")

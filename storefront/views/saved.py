"""What is saved for later, in an account or a guest's browser; and back-in-stock alerts."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from plugins.inventory.alerts import delete_back_in_stock_alert
from product_content.parsing import EmailAddressField, parse_id, parse_ids
from storefront.decorators import customer_id, private_page, same_origin_only
from storefront.for_sale import page_of_link, request_variant_alert
from storefront.limits import is_within
from storefront.responses import INVALID, REFUSED, TOO_MANY, not_sent, see_other
from storefront.saved_lists import (
    MAX_SAVED,
    forget_saved,
    save_variants,
    saved_ids,
    saved_rows,
    shared_lists,
)
from storefront.views.basket import put_in


@require_safe
@private_page
def saved(request: HttpRequest) -> HttpResponse:
    """Show what the account has saved for later; a guest's list is in the browser."""
    customer = customer_id(request)
    rows = saved_rows(saved_ids(customer)) if customer else []
    context = {"in_account": customer is not None, "rows": rows, "lists": shared_lists(rows)}
    return render(request, "storefront/saved/page.html", context)


@require_POST
@same_origin_only
@private_page
def save(request: HttpRequest) -> HttpResponse:
    """Save something in the account; of a guest, nothing is kept here."""
    wanted = parse_ids(request.POST.getlist("variant")[:MAX_SAVED])
    customer = customer_id(request)
    if customer and save_variants(user_id=customer, variant_ids=wanted):
        return _saved(request, {"in_account": True})
    known = saved_rows(wanted)
    return _saved(request, {"in_account": False, "row": known[0] if known else None})


def _saved(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "storefront/saved/kept.html", context)
    if context["in_account"]:
        return see_other("/saved/")
    return render(request, "storefront/saved/without_script.html", context)


@require_POST
@same_origin_only
@private_page
def saved_rows_of_browser(request: HttpRequest) -> HttpResponse:
    """Show the list that a browser keeps: it sends numbers, and nothing of it stays here."""
    rows = saved_rows(parse_ids(request.POST.get("variants", "").split()[:MAX_SAVED]))
    context = {"in_account": False, "rows": rows, "lists": shared_lists(rows)}
    return render(request, "storefront/saved/rows.html", context)


@require_POST
@same_origin_only
@private_page
def unsave(request: HttpRequest) -> HttpResponse:
    """Take one thing off the account's list, or all of it."""
    customer, variant = customer_id(request), parse_id(request.POST.get("variant", ""))
    if customer and "everything" in request.POST:
        forget_saved(user_id=customer)
    elif customer and variant:
        forget_saved(user_id=customer, variant_id=variant)
    return see_other("/saved/")


@require_POST
@same_origin_only
@private_page
def move(request: HttpRequest) -> HttpResponse:
    """Put one piece into the basket and take it off the account's list."""
    variant, customer = parse_id(request.POST.get("variant", "")), customer_id(request)
    response = put_in(request, {variant: 1} if variant else {})
    if customer and variant and response.status_code < REFUSED:
        forget_saved(user_id=customer, variant_id=variant)
    return response


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
        return _alert_page(request, form, INVALID)
    if not is_within(request, what="back-in-stock"):
        return _alert_page(request, form, TOO_MANY)
    request_variant_alert(**form.cleaned_data, language=get_language() or "en")
    return render(request, "storefront/back_in_stock/requested.html")


def _alert_page(request: HttpRequest, form: AlertForm, status: int) -> HttpResponse:
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
def confirm_alert_removal(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for confirmation, because mail programs open links by themselves."""
    return render(request, "storefront/back_in_stock/confirm_removal.html", {"token": token})


@require_POST
@same_origin_only
@private_page
def remove_alert(request: HttpRequest, token: str) -> HttpResponse:
    """Delete the alert of a link; one that is gone already is no error."""
    if not delete_back_in_stock_alert(token=token):
        raise Http404
    return render(request, "storefront/back_in_stock/removed.html")

"""The addresses in a customer's account."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plugins.ordering.addresses import delivery_countries
from storefront import addresses
from storefront.addresses import list_addresses, saved_fields
from storefront.customers import customer_page, required_customer_id
from storefront.errors import AddressBookFull
from storefront.forms.address import AddressBookForm, country_of
from storefront.responses import INVALID, REFUSED, form_view, see_other


@require_safe
@customer_page
def address_list(request: HttpRequest) -> HttpResponse:
    """List the addresses."""
    context = {"addresses": list_addresses(required_customer_id(request))}
    return render(request, "storefront/account/addresses.html", context)


@form_view
@customer_page
def add(request: HttpRequest) -> HttpResponse:
    """Add an address."""
    form, status = _form(request, {}), 200
    if form.is_bound and form.is_valid():
        try:
            addresses.add_address(user_id=required_customer_id(request), address=form.address())
        except AddressBookFull:
            form.add_error(None, _("There are as many addresses as fit. Delete one first."))
            status = REFUSED
        else:
            return _back()
    return _page(request, form, status, is_new=True)


@form_view
@customer_page
def change(request: HttpRequest, address_id: int) -> HttpResponse:
    """Change an address; placed orders keep theirs."""
    customer = required_customer_id(request)
    kept = saved_fields(customer, address_id)
    if not kept:
        raise Http404
    form = _form(request, kept)
    if form.is_bound and form.is_valid():
        addresses.change_address(user_id=customer, address_id=address_id, address=form.address())
        return _back()
    return _page(request, form, 200, is_new=False)


@require_POST
@customer_page
def make_default(request: HttpRequest, address_id: int) -> HttpResponse:
    """Make an address the one that the checkout starts with."""
    return _back_or_404(
        addresses.use_address(user_id=required_customer_id(request), address_id=address_id)
    )


@require_POST
@customer_page
def delete(request: HttpRequest, address_id: int) -> HttpResponse:
    """Delete an address."""
    return _back_or_404(
        addresses.delete_address(user_id=required_customer_id(request), address_id=address_id)
    )


def _form(request: HttpRequest, kept: Mapping[str, str]) -> AddressBookForm:
    """Return the form: fresh, sent, or sent only to follow another country."""
    countries, typed = delivery_countries(), request.POST.dict()
    country = country_of(countries, typed, kept)
    if request.method == "POST" and "change_country" not in typed:
        return AddressBookForm(
            request.POST, countries=countries, country=country, action=request.path
        )
    return AddressBookForm(
        countries=countries, country=country, initial=typed or kept, action=request.path
    )


def _page(request: HttpRequest, form: AddressBookForm, status: int, **more: bool) -> HttpResponse:
    if form.is_bound and status != REFUSED:
        status = INVALID
    context = {"form": form, **more}
    return render(request, "storefront/account/address.html", context, status=status)


def _back_or_404(found: bool) -> HttpResponse:
    if not found:
        raise Http404
    return _back()


def _back() -> HttpResponse:
    return see_other(reverse("storefront:account_addresses"))

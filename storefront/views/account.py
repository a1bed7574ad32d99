"""The customer's account: what is in it, what can be changed, its orders, addresses and data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plugins.ordering.addresses import delivery_countries
from plugins.ordering.retention import RETENTION
from storefront import accounts, addresses
from storefront.accounts import add_order, orders_of
from storefront.addresses import list_addresses, saved_fields
from storefront.decorators import account_url, customer_page, private_page, required_customer_id
from storefront.forms.account import (
    AddressBookForm,
    ChangePasswordForm,
    NewEmailForm,
    PasswordForm,
    country_of,
)
from storefront.order_access import order_page
from storefront.personal_data import account_data, delete_account
from storefront.responses import GONE, INVALID, REFUSED, form_view, see_other
from storefront.views.account_access import end_session
from storefront.wording import AddressBookFull


@require_safe
@customer_page
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is in the account."""
    context = {
        "account": accounts.get_account(required_customer_id(request)),
        "done": request.GET.get("done", ""),
    }
    return render(request, "storefront/account/overview.html", context)


@method_decorator(customer_page, name="dispatch")
class ChangePassword(PasswordChangeView):
    """Change the password; Django ends every other session with it."""

    template_name = "storefront/account/password.html"
    form_class = ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Pass the request to the form: wrong passwords count as failed log-ins."""
        return {**super().get_form_kwargs(), "request": self.request}

    def get_success_url(self) -> str:
        """Lead back to the account."""
        return account_url("password")

    def form_invalid(self, form: Form) -> HttpResponse:
        """Say what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=INVALID)


@form_view
@customer_page
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; the same answer whether somebody has it already."""
    form = NewEmailForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        accounts.request_new_email(
            user_id=required_customer_id(request), email=form.cleaned_data["email"]
        )
        return see_other(reverse("storefront:account_sent"))
    return _form_page(request, "email", form)


@form_view
@customer_page
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Switch to the new address by a button, because mail programs open links by themselves."""
    customer = required_customer_id(request)
    if request.method != "POST":
        return _confirm_email_page(request, accounts.address_of_token(customer, token))
    if accounts.confirm_new_email(user_id=customer, token=token):
        user: Any = request.user
        user.refresh_from_db()
        update_session_auth_hash(request, user)  # the change has ended all sessions but this one
        return see_other(account_url("email"))
    return _confirm_email_page(request, "")


@form_view
@customer_page
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Log out in every browser."""
    form = PasswordForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        accounts.end_all_sessions(
            user_id=required_customer_id(request), password=form.cleaned_data["password"]
        )
        return end_session(request, see_other(reverse("storefront:login")))
    return _form_page(request, "everywhere", form)


@require_POST
@customer_page
def forget_choices(request: HttpRequest) -> HttpResponse:
    """Forget how parcels should look."""
    accounts.delete_remembered_choices(user_id=required_customer_id(request))
    return see_other(account_url("forgotten"))


def _form_page(request: HttpRequest, page: str, form: Form) -> HttpResponse:
    status = INVALID if form.is_bound else 200
    return render(request, f"storefront/account/{page}.html", {"form": form}, status=status)


def _confirm_email_page(request: HttpRequest, address: str) -> HttpResponse:
    status = 200 if address else GONE
    context = {"address": address}
    return render(request, "storefront/account/confirm_email.html", context, status=status)


@require_safe
@customer_page
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders, without what was bought."""
    page = orders_of(required_customer_id(request), request.GET.get("page", "1"))
    return render(request, "storefront/account/orders.html", {"orders": page})


@require_POST
@customer_page
@order_page
def claim_order(request: HttpRequest, token: UUID) -> HttpResponse:
    """Put the order of a link that this browser opened into the account."""
    if not add_order(user_id=required_customer_id(request), token=token):
        raise Http404
    return see_other(reverse("storefront:account_orders"))


_READABLE = {"indent": 2, "ensure_ascii": False}


@form_view
@customer_page
def download(request: HttpRequest) -> HttpResponse:
    """Hand over all data as JSON, once the password was given."""
    form = PasswordForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        data = account_data(required_customer_id(request))
        response = JsonResponse(data, json_dumps_params=_READABLE)
        response["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return response
    return _data_page(request, "data", form)


@form_view
@customer_page
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, once the password was given."""
    form = PasswordForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        delete_account(user_id=required_customer_id(request))
        return end_session(request, see_other(reverse("storefront:account_deleted")))
    return _data_page(request, "delete", form)


@require_safe
@private_page
def deleted(request: HttpRequest) -> HttpResponse:
    """Say that an account was deleted. Says nothing about any one account."""
    return render(request, "storefront/account/deleted.html")


def _data_page(request: HttpRequest, page: str, form: PasswordForm) -> HttpResponse:
    status = INVALID if form.is_bound else 200
    context = {"form": form, "kept": RETENTION["orders"].words, "saves_file": page == "data"}
    return render(request, f"storefront/account/{page}.html", context, status=status)


@require_safe
@customer_page
def address_list(request: HttpRequest) -> HttpResponse:
    """List the addresses."""
    context = {"addresses": list_addresses(required_customer_id(request))}
    return render(request, "storefront/account/addresses.html", context)


@form_view
@customer_page
def add_address(request: HttpRequest) -> HttpResponse:
    """Add an address."""
    form, status = _address_form(request, {}), 200
    if form.is_bound and form.is_valid():
        try:
            addresses.add_address(user_id=required_customer_id(request), address=form.address())
        except AddressBookFull:
            form.add_error(None, _("There are as many addresses as fit. Delete one first."))
            status = REFUSED
        else:
            return _to_addresses()
    return _address_page(request, form, status, is_new=True)


@form_view
@customer_page
def change_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Change an address; placed orders keep theirs."""
    customer = required_customer_id(request)
    kept = saved_fields(customer, address_id)
    if not kept:
        raise Http404
    form = _address_form(request, kept)
    if form.is_bound and form.is_valid():
        addresses.change_address(user_id=customer, address_id=address_id, address=form.address())
        return _to_addresses()
    return _address_page(request, form, 200, is_new=False)


@require_POST
@customer_page
def make_default_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Make an address the one that the checkout starts with."""
    return _to_addresses_or_404(
        addresses.use_address(user_id=required_customer_id(request), address_id=address_id)
    )


@require_POST
@customer_page
def delete_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Delete an address."""
    return _to_addresses_or_404(
        addresses.delete_address(user_id=required_customer_id(request), address_id=address_id)
    )


def _address_form(request: HttpRequest, kept: Mapping[str, str]) -> AddressBookForm:
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


def _address_page(
    request: HttpRequest, form: AddressBookForm, status: int, **more: bool
) -> HttpResponse:
    if form.is_bound and status != REFUSED:
        status = INVALID
    context = {"form": form, **more}
    return render(request, "storefront/account/address.html", context, status=status)


def _to_addresses_or_404(found: bool) -> HttpResponse:
    if not found:
        raise Http404
    return _to_addresses()


def _to_addresses() -> HttpResponse:
    return see_other(reverse("storefront:account_addresses"))

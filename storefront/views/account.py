"""The customer's account: what is in it, and what can be changed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import PasswordChangeView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storefront.customers import account_address, customer_page, the_customer
from storefront.forms.account import ChangePasswordForm, NewEmailForm, PasswordForm
from storefront.selectors import accounts as selectors
from storefront.services import accounts as services
from storefront.sharing import with_nobody
from storefront.views.basket import INVALID, see_other

GONE = 410
_form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@customer_page
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is in the account."""
    context = {
        "account": selectors.get_account(the_customer(request)),
        "done": request.GET.get("done", ""),
    }
    return render(request, "storefront/account/overview.html", context)


@method_decorator(customer_page, name="dispatch")
class ChangePassword(PasswordChangeView):
    """Change the password; Django ends every other session with it."""

    template_name = "storefront/account/password.html"
    form_class = ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the request on: wrong tries count as failed log-ins."""
        return {**super().get_form_kwargs(), "request": self.request}

    def get_success_url(self) -> str:
        """Lead back to the account."""
        return account_address("password")

    def form_invalid(self, form: Form) -> HttpResponse:
        """Say what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=INVALID)


@_form_view
@customer_page
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; the same answer whether somebody has it already."""
    form = NewEmailForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        services.ask_for_new_email(user_id=the_customer(request), email=form.cleaned_data["email"])
        return see_other(reverse("storefront:account_sent"))
    return _form(request, "email", form)


@_form_view
@customer_page
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Use the new address from now on, at a press of a button: mail programs open links too."""
    customer = the_customer(request)
    if request.method != "POST":
        return _confirm_email(request, selectors.address_of_token(customer, token))
    if services.confirm_new_email(user_id=customer, token=token):
        return see_other(account_address("email"))
    return _confirm_email(request, "")


@_form_view
@customer_page
def everywhere(request: HttpRequest) -> HttpResponse:
    """Log out in every browser."""
    form = PasswordForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        services.end_all_sessions(
            user_id=the_customer(request), password=form.cleaned_data["password"]
        )
        return with_nobody(request, see_other(reverse("storefront:login")))
    return _form(request, "everywhere", form)


@require_POST
@customer_page
def forget(request: HttpRequest) -> HttpResponse:
    """Forget how parcels should look."""
    services.forget_remembered(user_id=the_customer(request))
    return see_other(account_address("forgotten"))


def _form(request: HttpRequest, page: str, form: Form) -> HttpResponse:
    status = INVALID if form.is_bound else 200
    return render(request, f"storefront/account/{page}.html", {"form": form}, status=status)


def _confirm_email(request: HttpRequest, address: str) -> HttpResponse:
    status = 200 if address else GONE
    context = {"address": address}
    return render(request, "storefront/account/confirm_email.html", context, status=status)

"""Getting into an account and out of it. Django's own views do the work.

Several people may use one browser, so logging in and out also deletes cookies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from storefront import email_links
from storefront.accounts import account_to_unlock, confirm_tokens, use_unlock_link
from storefront.backends import CUSTOMER_BACKEND, CustomerBackend, unlock_log_in
from storefront.basket_changes import claim_basket
from storefront.decorators import account_url, customer_id, private_page
from storefront.forms.account import EmailForm, LoginForm, NewPasswordForm
from storefront.limits import is_within
from storefront.order_access import hand_over_order_access, revoke_order_access
from storefront.responses import (
    GONE,
    INVALID,
    TOO_MANY,
    UNAVAILABLE,
    delete_basket_cookie,
    form_view,
    not_sent,
    read_basket_token,
    see_other,
)
from storefront.wording import LinkNotSent


def drop_foreign_basket(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """At a log-in, delete the cookies of another person's basket and orders."""
    token, customer = read_basket_token(request), customer_id(request)
    hand_over_order_access(request, response)
    if token and customer and not claim_basket(token=token, user_id=customer):
        delete_basket_cookie(response)
    return response


def end_session(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """End the session and delete the cookies of basket and orders."""
    logout(request)
    delete_basket_cookie(response)
    revoke_order_access(response)
    return response


@method_decorator(private_page, name="dispatch")
class LogIn(LoginView):
    """Log a customer in. Staff are refused like a wrong password."""

    template_name = "storefront/account/login.html"
    authentication_form = LoginForm

    def get_default_redirect_url(self) -> str:
        """Lead on to the account, where no other page was wanted."""
        return reverse("storefront:account")

    def form_valid(self, form: Any) -> HttpResponse:
        """Open a customer's session, which has no power at /staff/."""
        form.get_user().backend = CUSTOMER_BACKEND
        return drop_foreign_basket(self.request, super().form_valid(form))

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again, with a status that says so."""
        return self.render_to_response(self.get_context_data(form=form), status=INVALID)


@method_decorator(private_page, name="dispatch")
class ChoosePassword(PasswordResetConfirmView):
    """Open a link of an e-mail: the first password of an account, or a new one.

    Django keeps the secret in the session and leads on to an address without it.
    """

    template_name = "storefront/account/choose_password.html"
    form_class = NewPasswordForm
    post_reset_login = True
    post_reset_login_backend = CUSTOMER_BACKEND

    def get_user(self, uidb64: str) -> Any:
        """Return the account, or None for one that may not have a customer's session."""
        user = super().get_user(uidb64)
        return user if CustomerBackend().user_can_authenticate(user) else None

    def get_success_url(self) -> str:
        """Lead on to the account."""
        done = "welcome" if self.token_generator is confirm_tokens else "password"
        return account_url(done)

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, end all other sessions and log in."""
        return drop_foreign_basket(self.request, super().form_valid(form))

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong with the password."""
        return self.render_to_response(self.get_context_data(form=form), status=INVALID)


@form_view
@private_page
def register(request: HttpRequest) -> HttpResponse:
    """Ask for the address of a new account."""
    return _ask_for_link(request, "register", email_links.open_account)


@form_view
@private_page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address of an account whose password is lost."""
    return _ask_for_link(request, "forgotten", email_links.forgot_password)


@form_view
@private_page
def ask_to_unlock(request: HttpRequest) -> HttpResponse:
    """Ask where to send a link that unlocks a locked log-in."""
    return _ask_for_link(request, "ask_to_unlock", email_links.send_unlock_link)


@form_view
@private_page
def unlock(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Unlock the log-in for this browser by a button: mail programs open links by themselves."""
    if request.method != "POST":
        found = account_to_unlock(uidb64, token)
        context = {"works": found is not None}
        return render(
            request, "storefront/account/unlock.html", context, status=200 if found else GONE
        )
    used = use_unlock_link(uidb64, token)
    if used is None:
        return render(request, "storefront/account/unlock.html", {"works": False}, status=GONE)
    unlock_log_in(request, used.email)
    return see_other(reverse("admin:login" if used.is_staff else "storefront:login"))


@require_safe
@private_page
def sent(request: HttpRequest) -> HttpResponse:
    """Say that an e-mail may be on its way; the same whether it is."""
    return render(request, "storefront/account/sent.html")


@require_POST
@private_page
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session, and leave no way to the basket in this browser."""
    return end_session(request, see_other(reverse("storefront:login")))


@private_page
def locked_out(request: HttpRequest) -> HttpResponse:
    """Say that the log-in is locked; the same whether the account exists."""
    context = {"hours": settings.AXES_COOLOFF_TIME}
    return render(request, "storefront/account/locked.html", context, status=TOO_MANY)


def _ask_for_link(request: HttpRequest, page: str, send: Callable[..., None]) -> HttpResponse:
    form = EmailForm(request.POST or None)
    status = _problem_status(request, form, send) if form.is_bound else 200
    if status is None:
        return see_other(reverse("storefront:account_sent"))
    context = {"form": form, **not_sent(status)}
    return render(request, f"storefront/account/{page}.html", context, status=status)


def _problem_status(request: HttpRequest, form: Form, send: Callable[..., None]) -> int | None:
    """Return the status of what is in the way, or None: the link is on its way, if any is."""
    if not form.is_valid():
        return INVALID
    if not is_within(request, what="account-link"):
        return TOO_MANY
    try:
        send(email=form.cleaned_data["email"])
    except LinkNotSent:
        return UNAVAILABLE
    return None

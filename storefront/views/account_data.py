"""A customer's data: to take along, or to delete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from plugins.ordering.retention import RETENTION
from storefront.customers import customer_page, the_customer
from storefront.decorators import private_page
from storefront.forms.account import PasswordForm
from storefront.selectors.account_data import account_data
from storefront.services.account_deletion import delete_account
from storefront.sharing import with_nobody
from storefront.views.basket import INVALID, see_other

_form_view = require_http_methods(["GET", "HEAD", "POST"])
_READABLE = {"indent": 2, "ensure_ascii": False}


@_form_view
@customer_page
def download(request: HttpRequest) -> HttpResponse:
    """Hand over all data as JSON, once the password was given."""
    form = PasswordForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        data = account_data(the_customer(request))
        response = JsonResponse(data, json_dumps_params=_READABLE)
        response["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return response
    return _form(request, "data", form)


@_form_view
@customer_page
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, once the password was given."""
    form = PasswordForm(request, request.POST or None)
    if form.is_bound and form.is_valid():
        delete_account(user_id=the_customer(request))
        return with_nobody(request, see_other(reverse("storefront:account_deleted")))
    return _form(request, "delete", form)


@require_safe
@private_page
def deleted(request: HttpRequest) -> HttpResponse:
    """Say that an account was deleted. Says nothing about any one account."""
    return render(request, "storefront/account/deleted.html")


def _form(request: HttpRequest, page: str, form: PasswordForm) -> HttpResponse:
    status = INVALID if form.is_bound else 200
    context = {"form": form, "kept": RETENTION["orders"].words}
    return render(request, f"storefront/account/{page}.html", context, status=status)

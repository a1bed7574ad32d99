"""The common part of the pages on which staff do one thing to one order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from saleor.order.models import Order

from dashboard.admin import requests
from dashboard.models import AccessKind
from dashboard.services.personal_data import record_access
from plugins.ordering.outcomes import PaymentProcessing, PaymentUnavailable
from plugins.ordering.submitted_forms import new_token
from product_content.decisions import Refused

ORDER_ITSELF = "change"


@dataclass(frozen=True)
class OrderPage:
    """One such page.

    `form` makes the form from the posted data (None on GET) and the order. `do` calls the service
    with a valid form and returns the success message; if the service refuses, its reason is shown
    above the form, which keeps what was typed. `more` returns further context of the template, and
    `look` what staff are to see of a valid form before it is done, or None. `then` names the page
    of the order that comes next: the order's own, or the next in a flow.
    """

    title: str
    template: str
    form: Callable[[Any, Order], forms.Form]
    do: Callable[[HttpRequest, Order, Any], str]
    more: Callable[[Order], Mapping[str, Any]] = lambda _order: {}
    look: Callable[[Order, Any], Mapping[str, Any] | None] = lambda _order, _form: None
    then: Callable[[Order], str] = lambda _order: ORDER_ITSELF


class VersionedForm(forms.Form):
    """A form whose field `expected_version` holds the version that the page was shown with.

    The service refuses if the order has changed since, because somebody else was quicker.
    """

    expected_version = forms.CharField(required=False, widget=forms.HiddenInput())

    def refresh_version(self, expected_version: str) -> None:
        """Keep what was typed, and expect the version that is now in the database."""
        self.data = {**dict(self.data.items()), "expected_version": expected_version}


def handle_order_page(
    admin: Any, request: HttpRequest, object_id: str, page: OrderPage
) -> HttpResponse:
    """Show the page of an order; a valid POST performs it and returns to the order."""
    order = admin.get_object(request, object_id)
    if order is None:
        return admin._get_obj_does_not_exist_redirect(request, admin.opts, object_id)
    form = page.form(request.POST if request.method == "POST" else None, order)
    shown = _look(order, form, page) if form.is_valid() else None
    if shown is None and form.is_valid() and _perform_once(request, order, form, page):
        return redirect(f"admin:order_order_{page.then(order)}", order.pk)
    if form.is_bound:  # a refusal may come from what changed meanwhile
        order = admin.get_object(request, object_id)
    record_access(actor=request.user, kind=AccessKind.ORDER, subject_id=order.pk)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Order {order}: {page.title}",
        "opts": admin.opts,
        "original": order,
        "form": form,
        "form_token": new_token(),
        **page.more(order),
        **(shown or {}),
    }
    return TemplateResponse(request, page.template, context)


def _perform_once(request: HttpRequest, order: Order, form: forms.Form, page: OrderPage) -> bool:
    """Do it, unless this very form was sent before: a note that is sent twice stands once."""
    if not requests.claim(request):
        messages.info(request, "This was done already, when you sent the form first.")
        return True
    done = _perform(request, order, form, page)
    if not done:
        requests.release(request)
    return done


def _look(order: Order, form: forms.Form, page: OrderPage) -> Mapping[str, Any] | None:
    try:
        return page.look(order, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


def _perform(request: HttpRequest, order: Order, form: forms.Form, page: OrderPage) -> bool:
    try:
        message = page.do(request, order, form)
    except (Refused, PaymentProcessing, PaymentUnavailable) as refused:
        form.add_error(None, str(refused))
        if isinstance(form, VersionedForm):
            fresh = page.form(None, Order.objects.get(pk=order.pk))
            form.refresh_version(fresh.initial["expected_version"])
        return False
    messages.success(request, message)
    return True

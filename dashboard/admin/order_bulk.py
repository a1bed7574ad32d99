"""What can be done to several chosen orders: asked once more, then order by order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from saleor.order.models import Order
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from dashboard.services.order_bulk import (
    MOST,
    BulkOutcome,
    each_order,
    end_unpaid,
    tell_again_of_parcel,
)
from plugins.ordering.services import note_order


class ReasonForm(forms.Form):
    """Why the orders are cancelled."""

    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Kept in each time line; nothing about anybody's health.",
    )


class NoteForm(forms.Form):
    """A note for colleagues."""

    message = forms.CharField(
        label="Note",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Only staff read it. Nothing about anybody's health, please.",
    )


@dataclass(frozen=True)
class BulkStep:
    """`do` is called per order with its id, the fields of `form`, and `actor_id` if it asks."""

    name: str
    question: str
    button: str
    form: type[forms.Form]
    do: Callable[..., None]
    names_actor: bool = True


class OrderBulk:
    """Mixed into `OrderAdmin`: the actions of its list. None of them moves money."""

    @action(description="Print a pick list", permissions=["begin_packing"])
    def pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Open the pick list of the chosen orders."""
        chosen = _chosen(request, queryset)
        query = urlencode({"order": chosen}, doseq=True)
        return redirect(f"{reverse('staff-pick-list')}?{query}") if chosen else None

    @action(description="Add a note", permissions=["view"])
    def note_these(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Write the same note into each time line."""
        return _answer(self, request, queryset, _NOTE)

    @action(description="Send the e-mail “on its way” again", permissions=["view"])
    def tell_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Tell the customers of the chosen orders about their parcel once more."""
        return _answer(self, request, queryset, _TELL)

    @action(description="Cancel those that are not paid", permissions=["view"])
    def end_unpaid(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Cancel the chosen orders that wait for their payment."""
        return _answer(self, request, queryset, _END)


_NOTE = BulkStep("note_these", "Add a note to each?", "Add the note", NoteForm, note_order)
_TELL = BulkStep(
    "tell_again",
    "Send their customers the last e-mail about a parcel again?",
    "Send them again",
    forms.Form,
    tell_again_of_parcel,
    names_actor=False,
)
_END = BulkStep(
    "end_unpaid",
    "Cancel those that are not paid? What is paid stays as it is.",
    "Cancel them",
    ReasonForm,
    end_unpaid,
)


def _answer(
    admin: Any, request: HttpRequest, queryset: QuerySet[Order], step: BulkStep
) -> HttpResponse | None:
    """Ask on a page of its own; once it is confirmed, do it order by order and say what came."""
    chosen = _chosen(request, queryset)
    if not chosen:
        return None
    form = step.form(request.POST if "confirm" in request.POST else None)
    if form.is_valid():
        given = form.cleaned_data | ({"actor_id": request.user.pk} if step.names_actor else {})
        _tell(request, each_order(chosen, partial(_do_one, step, given)))
        return redirect(request.get_full_path())
    context = {
        **admin.admin_site.each_context(request),
        "title": step.question,
        "opts": admin.opts,
        "orders": chosen,
        "form": form,
        "step": step,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "dashboard/order_bulk.html", context)


def _do_one(step: BulkStep, given: dict[str, Any], order_id: int) -> None:
    step.do(order_id=order_id, **given)


def _chosen(request: HttpRequest, queryset: QuerySet[Order]) -> list[int]:
    """Return the ids of the chosen orders, none (and say so) when they are too many.

    What was confirmed counts as it was shown, also an order that left the list's filter since.
    """
    if "confirm" in request.POST:
        ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
        queryset = Order.objects.confirmed().filter(pk__in=filter(str.isdecimal, ids))
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(chosen) <= MOST:
        return chosen
    messages.error(request, f"Choose up to {MOST} orders at once. Nothing was done.")
    return []


def _tell(request: HttpRequest, outcome: BulkOutcome) -> None:
    if outcome.done:
        messages.success(request, f"Done for {_orders(outcome.done)}.")
    for why, orders in outcome.refused.items():
        messages.error(request, f"Not done for {_orders(orders)}: {why}")


def _orders(ids: tuple[int, ...]) -> str:
    word = "order" if len(ids) == 1 else "orders"
    return f"{word} {', '.join(map(str, ids))}"

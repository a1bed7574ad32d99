"""Actions for several selected orders, confirmed on a page. None of them moves money.

Each order is locked, changed and committed by itself through the service that its own page uses;
an order that is refused does not stop the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
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

from dashboard.admin import requests
from plugins.order_emails.models import UNSENT, EmailState, OutgoingEmail
from plugins.order_emails.outbox import resend
from plugins.order_emails.policies import SendRefused
from plugins.ordering.ending import release_order
from plugins.ordering.order_state import note_order
from plugins.ordering.outcomes import CancelRefused
from plugins.ordering.submitted_forms import new_token
from product_content.parsing import parse_ids

MAX_ORDERS_AT_ONCE = 50  # cancelling an unpaid order asks the payment provider: about a second each
_PARCEL_EMAIL_KINDS = ("sent", "partly_sent")
_REFUSAL_REASONS = {
    "paid": "it is paid. Cancel it on its own page, where its money is seen.",
    "kept": "a payment may be under way, or needs a look. See its page.",
    "already_released": "it was over before.",
}


@dataclass(frozen=True)
class BulkOutcome:
    """The ids of the orders that were changed, and of the refused ones by reason."""

    done: tuple[int, ...]
    refused: dict[str, tuple[int, ...]]


def apply_to_each(order_ids: Iterable[int], do: Callable[[int], None]) -> BulkOutcome:
    """Call `do` with the id of each order; collect those that it refuses by their reason."""
    done, refused = [], defaultdict(list)
    for order_id in order_ids:
        try:
            do(order_id)
        except (CancelRefused, SendRefused) as why:
            refused[str(why)].append(order_id)
        else:
            done.append(order_id)
    return BulkOutcome(tuple(done), {why: tuple(ids) for why, ids in refused.items()})


def resend_parcel_email(order_id: int) -> None:
    """Send the newest e-mail about a parcel of this order once more. Raises SendRefused."""
    emails = OutgoingEmail.objects.filter(order_id=order_id, kind__in=_PARCEL_EMAIL_KINDS)
    if emails.filter(state__in=UNSENT).exists():
        raise SendRefused("such an e-mail is about to go out.")
    newest = emails.filter(state=EmailState.SENT).order_by("-pk").first()
    if newest is None:
        raise SendRefused("no e-mail told that it is on its way.")
    resend(email_id=newest.pk)


def cancel_unpaid_order(order_id: int, *, reason: str, actor_id: int) -> None:
    """Cancel an order that is not paid, which releases its stock. Raises CancelRefused.

    An order that is paid, or that somebody may be paying, stays as it is.
    """
    outcome = release_order(order_id=order_id, reason=reason)
    if outcome.state != "released":
        raise CancelRefused(_REFUSAL_REASONS[outcome.state])
    note_order(order_id=order_id, message=f"Cancelled as unpaid: {reason}", actor_id=actor_id)


@dataclass(frozen=True)
class BulkAction:
    """`do` is called per order with its id, the fields of `form`, and `actor_id` if it asks."""

    name: str
    question: str
    button: str
    form: type[forms.Form]
    do: Callable[..., None]
    names_actor: bool = True


def handle_bulk_action(
    admin: Any, request: HttpRequest, queryset: QuerySet[Order], step: BulkAction
) -> HttpResponse | None:
    """Ask for confirmation on a page; once confirmed, perform it order by order and report."""
    chosen = selected_orders(request, queryset)
    if not chosen:
        return None
    form = step.form(request.POST if "confirm" in request.POST else None)
    if form.is_valid() and not requests.claim(request):
        messages.info(request, "This was done already, when you sent the form first.")
        return redirect(request.get_full_path())
    if form.is_valid():
        given = form.cleaned_data | ({"actor_id": request.user.pk} if step.names_actor else {})
        _show_outcome(request, apply_to_each(chosen, partial(_apply_to_one, step, given)))
        return redirect(request.get_full_path())
    context = {
        **admin.admin_site.each_context(request),
        "title": step.question,
        "opts": admin.opts,
        "orders": chosen,
        "form": form,
        "form_token": new_token(),
        "step": step,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "dashboard/order_bulk.html", context)


def _apply_to_one(step: BulkAction, given: dict[str, Any], order_id: int) -> None:
    step.do(order_id=order_id, **given)


def selected_orders(request: HttpRequest, queryset: QuerySet[Order]) -> list[int]:
    """Return the ids of the chosen orders; [] with an error message if there are too many.

    A confirmed order is included even if it has left the list's filter since.
    """
    if "confirm" in request.POST:
        ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
        queryset = Order.objects.confirmed().filter(pk__in=parse_ids(ids))
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MAX_ORDERS_AT_ONCE + 1])
    if len(chosen) <= MAX_ORDERS_AT_ONCE:
        return chosen
    messages.error(request, f"Choose up to {MAX_ORDERS_AT_ONCE} orders at once. Nothing was done.")
    return []


def _show_outcome(request: HttpRequest, outcome: BulkOutcome) -> None:
    if outcome.done:
        messages.success(request, f"Done for {_order_numbers(outcome.done)}.")
    for why, orders in outcome.refused.items():
        messages.error(request, f"Not done for {_order_numbers(orders)}: {why}")


def _order_numbers(ids: tuple[int, ...]) -> str:
    word = "order" if len(ids) == 1 else "orders"
    return f"{word} {', '.join(map(str, ids))}"


class CancelReasonForm(forms.Form):
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


class OrderBulkActions:
    """Mixed into `OrderAdmin`: the actions of its list."""

    @action(description="Print a pick list", permissions=["begin_packing"])
    def pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Open the pick list of the chosen orders."""
        chosen = selected_orders(request, queryset)
        query = urlencode({"order": chosen}, doseq=True)
        return redirect(f"{reverse('staff-pick-list')}?{query}") if chosen else None

    @action(description="Add a note", permissions=["view"])
    def add_note(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Write the same note into each time line."""
        return handle_bulk_action(self, request, queryset, _ADD_NOTE)

    @action(description="Send the e-mail “on its way” again", permissions=["view"])
    def resend_parcel_emails(
        self, request: HttpRequest, queryset: QuerySet[Order]
    ) -> HttpResponse | None:
        """Resend the last e-mail about a parcel to the customers of the chosen orders."""
        return handle_bulk_action(self, request, queryset, _RESEND_PARCEL_EMAIL)

    @action(description="Cancel those that are not paid", permissions=["view"])
    def cancel_unpaid(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Cancel the chosen orders that wait for their payment."""
        return handle_bulk_action(self, request, queryset, _CANCEL_UNPAID)


_ADD_NOTE = BulkAction("add_note", "Add a note to each?", "Add the note", NoteForm, note_order)
_RESEND_PARCEL_EMAIL = BulkAction(
    "resend_parcel_emails",
    "Send their customers the last e-mail about a parcel again?",
    "Send them again",
    forms.Form,
    resend_parcel_email,
    names_actor=False,
)
_CANCEL_UNPAID = BulkAction(
    "cancel_unpaid",
    "Cancel those that are not paid? What is paid stays as it is.",
    "Cancel them",
    CancelReasonForm,
    cancel_unpaid_order,
)

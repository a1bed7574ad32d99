"""What can be done to several chosen orders. None of it moves money."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from saleor.order.models import Order
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from dashboard.admin.order_bulk_page import BulkStep, answer, chosen_orders
from dashboard.services.order_bulk import end_unpaid, tell_again_of_parcel
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


class OrderBulk:
    """Mixed into `OrderAdmin`: the actions of its list."""

    @action(description="Print a pick list", permissions=["begin_packing"])
    def pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Open the pick list of the chosen orders."""
        chosen = chosen_orders(request, queryset)
        query = urlencode({"order": chosen}, doseq=True)
        return redirect(f"{reverse('staff-pick-list')}?{query}") if chosen else None

    @action(description="Add a note", permissions=["view"])
    def note_these(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Write the same note into each time line."""
        return answer(self, request, queryset, _NOTE)

    @action(description="Send the e-mail “on its way” again", permissions=["view"])
    def tell_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Tell the customers of the chosen orders about their parcel once more."""
        return answer(self, request, queryset, _TELL)

    @action(description="Cancel those that are not paid", permissions=["view"])
    def end_unpaid(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Cancel the chosen orders that wait for their payment."""
        return answer(self, request, queryset, _END)


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

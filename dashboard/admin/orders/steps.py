"""The pages of an order for its next step: cancel, resolve, report a parcel, correct the address.

And for a note.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from saleor.order.models import Order
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard.admin.orders.bulk import NoteForm
from dashboard.admin.orders.columns import format_address
from dashboard.admin.orders.page import OrderPage, VersionedForm
from dashboard.services.packing import may_be_reported, report_parcel
from plugins.discreet_shipping.changes import (
    address_change_decision,
    address_version,
    change_address,
    served_countries,
)
from plugins.discreet_shipping.forms import PostalAddressForm
from plugins.fulfilment.models import NextOrderNote, ReturnState, ShipmentState
from plugins.fulfilment.packing import is_label_printed
from plugins.fulfilment.returns import (
    close_returns,
    last_inspected,
    may_set_return_state,
    set_return_state,
)
from plugins.fulfilment.sending_again import write_note, written_notes
from plugins.ordering.attention import attention_version, may_be_resolved, resolve_attention
from plugins.ordering.ending import close_order, may_be_closed
from plugins.ordering.order_state import attention_reasons, may_be_cancelled, note_order
from plugins.ordering.refunds import cancel_order


class SentenceRadioSelect(UnfoldAdminRadioSelectWidget):
    """Choices that are sentences: Unfold cuts off what is wider than a telephone."""

    option_template_name = "dashboard/radio_option.html"


CANCEL, RESOLVE, CLOSE_RETURN = "cancel", "resolve", "return_closed"
CLOSE, CLOSE_AND_WRITE_OFF = "close", "write_off"
_STEPS_WITH_REASON = {CANCEL, RESOLVE, CLOSE, CLOSE_AND_WRITE_OFF}
_RETURN_STATES: dict[str, ReturnState] = {
    "return_expected": ReturnState.EXPECTED,
    "return_arrived": ReturnState.ARRIVED,
    "return_off": ReturnState.WITHDRAWN,
}
_REPORTS = (ShipmentState.READY, ShipmentState.DELIVERED)
_REASON_MISSING = {
    CANCEL: "Say why it is cancelled.",
    RESOLVE: "Say how it was settled.",
    CLOSE: "Say why it is closed.",
    CLOSE_AND_WRITE_OFF: "Say why it is closed.",
}
_LABELS = {
    ShipmentState.READY.value: "It can be collected: tell the customer",
    ShipmentState.DELIVERED.value: "It was handed over or collected: tell the customer",
    "return_expected": "The customer sends something back: expect a return",
    "return_arrived": "A return came in: look at its pieces later",
    "return_off": "The customer keeps it: no return is expected any more",
    CLOSE_RETURN: "Nothing more is to be done about what came back: close the return",
    RESOLVE: "I looked at what needs attention: it may go its way again",
    CANCEL: "Cancel it: all money goes back, and its pieces are free again",
    CLOSE: "Close it: nothing more of it is sent, and its pieces are free again",
    CLOSE_AND_WRITE_OFF: "Close it: nothing more of it is sent, and its pieces are written off",
}
_MESSAGES = {
    ShipmentState.READY.value: "Noted. The customer is told that it can be collected.",
    ShipmentState.DELIVERED.value: "Noted. The customer is told that they have it.",
    "return_expected": "Noted. The order stands among the expected returns.",
    "return_arrived": "Noted. The order stands among the returns to look at.",
    "return_off": "Noted. No return is expected any more.",
    CLOSE_RETURN: "Noted. The return is closed.",
    RESOLVE: "Noted. It does not need attention any more.",
    CANCEL: "The order is cancelled. All that was paid goes back.",
    CLOSE: "The order is closed. Its pieces are free for others.",
    CLOSE_AND_WRITE_OFF: "The order is closed. Its pieces are written off.",
}


class StepForm(VersionedForm):
    """One of the steps that are possible now; some need a reason.

    `expected_version` is why the order needed attention when the form was shown.
    """

    step = forms.ChoiceField(label="What happens", widget=SentenceRadioSelect())
    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="To cancel, close or settle it, say why. Nothing about anybody's health.",
    )

    def __init__(self, data: Any, *, steps: list[str], expected_version: str) -> None:
        super().__init__(data, initial={"expected_version": expected_version})
        field: Any = self.fields["step"]
        field.choices = [(step, _LABELS[step]) for step in steps]
        if not _STEPS_WITH_REASON & set(steps):
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where one is needed."""
        data = super().clean() or self.cleaned_data
        if data.get("step") in _STEPS_WITH_REASON and not data.get("reason"):
            self.add_error("reason", _REASON_MISSING[data["step"]])
        return data


def possible_steps(order: Order) -> list[str]:
    """Return the steps that would not be refused now."""
    reports = [report.value for report in _REPORTS if may_be_reported(order, report).allowed]
    returns = [
        step for step, state in _RETURN_STATES.items() if may_set_return_state(order, state).allowed
    ]
    returns += [CLOSE_RETURN] if last_inspected(order) else []
    resolve = [RESOLVE] if may_be_resolved(order).allowed else []
    close = [CLOSE, CLOSE_AND_WRITE_OFF] if may_be_closed(order).allowed else []
    cancel = [CANCEL] if may_be_cancelled(order).allowed else []
    return [*resolve, *reports, *returns, *close, *cancel]


def _perform_step(request: HttpRequest, order: Order, form: StepForm) -> str:
    user: Any = request.user
    step = form.cleaned_data["step"]
    if step == CANCEL:
        cancel_order(order_id=order.pk, actor_id=user.pk, reason=form.cleaned_data["reason"])
    elif step in {CLOSE, CLOSE_AND_WRITE_OFF}:
        close_order(
            order_id=order.pk,
            reason=form.cleaned_data["reason"],
            actor_id=user.pk,
            write_off=step == CLOSE_AND_WRITE_OFF,
        )
    elif step == RESOLVE:
        resolve_attention(
            order_id=order.pk,
            expected_version=form.cleaned_data["expected_version"],
            reason=form.cleaned_data["reason"],
            actor_id=user.pk,
        )
    elif step == CLOSE_RETURN:
        close_returns(order_id=order.pk, actor_id=user.pk)
    elif step in _RETURN_STATES:
        set_return_state(order_id=order.pk, state=_RETURN_STATES[step], actor_id=user.pk)
    else:
        report_parcel(order_id=order.pk, report=ShipmentState(step), actor=user)
    return _MESSAGES[step]


STEP_PAGE = OrderPage(
    title="next step",
    template="dashboard/order_step.html",
    form=lambda data, order: StepForm(
        data, steps=possible_steps(order), expected_version=attention_version(order)
    ),
    do=_perform_step,
    more=lambda order: {
        "button": "Do it",
        "steps": possible_steps(order),
        "why_not": may_be_cancelled(order, for_staff=True).reason,
        "attention": [code.replace("_", " ") for code in attention_reasons(order)],
        "why_attention": may_be_resolved(order).reason,
    },
)


def _add_note(request: HttpRequest, order: Order, form: NoteForm) -> str:
    user: Any = request.user
    note_order(order_id=order.pk, message=form.cleaned_data["message"], actor_id=user.pk)
    return "The note stands in the time line."


NOTE_PAGE = OrderPage(
    title="add a note",
    template="dashboard/order_page.html",
    form=lambda data, _order: NoteForm(data),
    do=_add_note,
    more=lambda _order: {"button": "Add the note"},
)


class NextNoteForm(forms.Form):
    """A note for the customer's next order, and which earlier ones are done."""

    text = forms.CharField(
        label="For their next order",
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Staff read it when the same e-mail address orders again; packers too. "
        "Nothing about anybody's health. The customer may ask to read it.",
    )
    done = forms.ModelMultipleChoiceField(
        label="Done, and no longer needed",
        queryset=NextOrderNote.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )

    def __init__(self, data: Any, *, order: Order) -> None:
        super().__init__(data)
        field: Any = self.fields["done"]
        field.queryset = written_notes(order)
        field.label_from_instance = lambda note: note.text
        if not field.queryset.exists():
            del self.fields["done"]


def _keep_next_note(request: HttpRequest, order: Order, form: NextNoteForm) -> str:
    user: Any = request.user
    for note in form.cleaned_data.get("done", ()):
        note.delete()
        message = "A note for the next order is done, and deleted."
        note_order(order_id=order.pk, message=message, actor_id=user.pk)
    if text := form.cleaned_data["text"]:
        write_note(order=order, text=text, actor_id=user.pk)
        return "It is shown when they order again."
    return "Noted."


NEXT_NOTE_PAGE = OrderPage(
    title="note for their next order",
    template="dashboard/order_page.html",
    form=lambda data, order: NextNoteForm(data, order=order),
    do=_keep_next_note,
    more=lambda _order: {"button": "Keep it"},
)


class AddressForm(VersionedForm, PostalAddressForm):
    """The checkout's address form, for the countries that the delivery method serves."""

    destroyed = forms.BooleanField(
        label="The printed label with the old address is destroyed",
        required=False,
        widget=UnfoldBooleanWidget(),
    )

    def __init__(self, data: Any, *, order: Order) -> None:
        kept: dict[str, Any] = order.shipping_address.as_data() if order.shipping_address else {}
        countries = served_countries(order)
        country = data.get("country") if data else None
        super().__init__(
            data,
            countries=countries,
            country=country if country in dict(countries) else kept.get("country", ""),
            initial={**kept, "expected_version": address_version(order.shipping_address)},
        )
        message = "The delivery that was paid does not go there."
        self.fields["country"].error_messages["invalid_choice"] = message
        if not is_label_printed(order):
            del self.fields["destroyed"]
        for name in {*self.fields} - {"expected_version", "destroyed"}:
            use_staff_widget(self.fields[name])


def use_staff_widget(field: Any) -> None:
    """Use the staff pages' widget for a field of the storefront's form."""
    attrs = {
        **field.widget.attrs,
        "autocomplete": "off",
    }  # not the staff's own address
    if isinstance(field, forms.ChoiceField):
        field.widget = UnfoldAdminSelectWidget(attrs=attrs, choices=field.choices)
    else:
        field.widget = UnfoldAdminTextInputWidget(attrs=attrs)


def _change_address(request: HttpRequest, order: Order, form: AddressForm) -> str:
    user: Any = request.user
    change_address(
        order_id=order.pk,
        address=form.address(),
        expected_version=form.cleaned_data["expected_version"],
        destroyed=form.cleaned_data.get("destroyed", False),
        actor_id=user.pk,
    )
    return "The order goes to the new address. Its customer is told."


ADDRESS_PAGE = OrderPage(
    title="change the address",
    template="dashboard/order_address.html",
    form=lambda data, order: AddressForm(data, order=order),
    do=_change_address,
    more=lambda order: {
        "button": "Send it there",
        "why": address_change_decision(order).reason,
        "now": format_address(order.shipping_address),
    },
)

"""The page of an order on which staff cancel it, or note what they were told about its parcel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from saleor.order.models import Order
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from dashboard.admin.order_page import OrderPage, SeenForm, answer
from dashboard.admin.widgets import SentenceRadioSelect
from dashboard.services.parcels import Report, may_be_reported, report_parcel
from plugins.ordering.marks import ReturnState
from plugins.ordering.selectors import may_be_canceled
from plugins.ordering.services import await_return, cancel_order, settle_attention
from plugins.ordering.services.attention import attention_stamp, may_be_settled
from plugins.ordering.services.awaited_returns import may_be_awaited
from plugins.ordering.services.notes import attention_of

CANCEL, SETTLE = "cancel", "settle"
_NEED_REASON = {CANCEL, SETTLE}
_RETURNS: dict[str, ReturnState | None] = {
    "return_expected": ReturnState.EXPECTED,
    "return_arrived": ReturnState.ARRIVED,
    "return_off": None,
}
_REASON_MISSING = {CANCEL: "Say why it is cancelled.", SETTLE: "Say how it was settled."}
_WORDS = {
    Report.READY.value: "It can be collected: tell the customer",
    Report.ARRIVED.value: "It has arrived: tell the customer",
    "return_expected": "The customer sends something back: expect a return",
    "return_arrived": "A return came in: look at its pieces later",
    "return_off": "The customer keeps it: no return is expected any more",
    SETTLE: "I looked at what needs attention: it may go its way again",
    CANCEL: "Cancel it: all money goes back, and its pieces are free again",
}
_DONE = {
    Report.READY.value: "Noted. The customer is told that it can be collected.",
    Report.ARRIVED.value: "Noted. The customer is told that it has arrived.",
    "return_expected": "Noted. The order stands among the expected returns.",
    "return_arrived": "Noted. The order stands among the returns to look at.",
    "return_off": "Noted. No return is expected any more.",
    SETTLE: "Noted. It does not need attention any more.",
    CANCEL: "The order is cancelled. All that was paid goes back.",
}


class StepForm(SeenForm):
    """One of the steps that are possible now; some need a reason.

    `seen` is why the order needed attention when the form was shown.
    """

    step = forms.ChoiceField(label="What happens", widget=SentenceRadioSelect())
    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="To cancel or settle it, say why. Nothing about anybody's health.",
    )

    def __init__(self, data: Any, *, steps: list[str], seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        field: Any = self.fields["step"]
        field.choices = [(step, _WORDS[step]) for step in steps]
        if not _NEED_REASON & set(steps):
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where one is needed."""
        data = super().clean() or self.cleaned_data
        if data.get("step") in _NEED_REASON and not data.get("reason"):
            self.add_error("reason", _REASON_MISSING[data["step"]])
        return data


class OrderSteps:
    """Mixed into `OrderAdmin`: /staff/order/order/<pk>/step/ and the link to it."""

    @action(description="Next step", url_path="step", icon="checklist", permissions=["view"])
    def next_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what is possible; a POST does it."""
        return answer(self, request, object_id, _PAGE)


def possible_steps(order: Order) -> list[str]:
    """Return the steps that would not be refused now."""
    reports = [report.value for report in Report if may_be_reported(order, report)[0]]
    returns = [step for step, state in _RETURNS.items() if may_be_awaited(order, state)[0]]
    settle = [SETTLE] if may_be_settled(order)[0] else []
    cancel = [CANCEL] if may_be_canceled(order)[0] else []
    return [*settle, *reports, *returns, *cancel]


def _do(request: HttpRequest, order: Order, form: StepForm) -> str:
    user: Any = request.user
    step = form.cleaned_data["step"]
    if step == CANCEL:
        cancel_order(order_id=order.pk, actor_id=user.pk, reason=form.cleaned_data["reason"])
    elif step == SETTLE:
        settle_attention(
            order_id=order.pk,
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            actor_id=user.pk,
        )
    elif step in _RETURNS:
        await_return(order_id=order.pk, state=_RETURNS[step], actor_id=user.pk)
    else:
        report_parcel(order_id=order.pk, report=Report(step), actor=user)
    return _DONE[step]


_PAGE = OrderPage(
    title="next step",
    template="dashboard/order_step.html",
    form=lambda data, order: StepForm(
        data, steps=possible_steps(order), seen=attention_stamp(order)
    ),
    do=_do,
    more=lambda order: {
        "button": "Do it",
        "steps": possible_steps(order),
        "why_not": may_be_canceled(order)[1],
        "attention": [code.replace("_", " ") for code in attention_of(order)],
        "why_attention": may_be_settled(order)[1],
    },
)

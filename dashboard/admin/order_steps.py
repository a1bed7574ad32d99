"""The page of an order on which staff cancel it, or note what the carrier told them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from saleor.order.models import Order
from unfold.decorators import action
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from dashboard.services.parcels import Report, ReportRefused, may_be_reported, report_parcel
from plugins.ordering.errors import CancelRefused, PaymentUnavailable
from plugins.ordering.selectors import may_be_canceled
from plugins.ordering.services import cancel_order

CANCEL = "cancel"
_WORDS = {
    CANCEL: "Cancel it: all money goes back, and its pieces are free again",
    Report.READY.value: "It can be collected: tell the customer",
    Report.ARRIVED.value: "It has arrived: tell the customer",
}
_DONE = {
    CANCEL: "The order is cancelled. All that was paid goes back.",
    Report.READY.value: "Noted. The customer is told that it can be collected.",
    Report.ARRIVED.value: "Noted. The customer is told that it has arrived.",
}


class StepForm(forms.Form):
    """One of the steps that are possible now; cancelling needs a reason."""

    step = forms.ChoiceField(label="What happens", widget=UnfoldAdminRadioSelectWidget())
    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="To cancel, say why. Kept in the time line; nothing about anybody's health.",
    )

    def __init__(self, *args: Any, steps: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["step"]
        field.choices = [(step, _WORDS[step]) for step in steps]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a cancellation."""
        data = super().clean() or self.cleaned_data
        if data.get("step") == CANCEL and not data.get("reason", "").strip():
            self.add_error("reason", "Say why it is cancelled.")
        return data


class OrderSteps:
    """Mixed into `OrderAdmin`: /staff/order/order/<pk>/step/ and the link to it."""

    @action(description="Next step", url_path="step", icon="checklist", permissions=["view"])
    def next_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what is possible; a POST does it and goes back to the order."""
        admin: Any = self
        order = admin.get_object(request, object_id)
        if order is None:
            return admin._get_obj_does_not_exist_redirect(request, admin.opts, object_id)
        steps = possible_steps(order)
        form = StepForm(request.POST if request.method == "POST" else None, steps=steps)
        if form.is_valid() and _is_done(request, order, form):
            return redirect("admin:order_order_change", order.pk)
        context = {
            **admin.admin_site.each_context(request),
            "title": f"Order {order}: next step",
            "opts": admin.opts,
            "original": order,
            "form": form,
            "steps": steps,
            "why_not": may_be_canceled(order)[1],
        }
        return TemplateResponse(request, "dashboard/order_step.html", context)


def possible_steps(order: Order) -> list[str]:
    """Return the steps that would not be refused now."""
    reports = [report.value for report in Report if may_be_reported(order, report)[0]]
    return [*reports, CANCEL] if may_be_canceled(order)[0] else reports


def _is_done(request: HttpRequest, order: Order, form: StepForm) -> bool:
    step = form.cleaned_data["step"]
    try:
        _do(request, order.pk, step, form.cleaned_data["reason"])
    except (CancelRefused, PaymentUnavailable, ReportRefused) as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _DONE[step])
    return True


def _do(request: HttpRequest, order_id: int, step: str, reason: str) -> None:
    user: Any = request.user
    if step == CANCEL:
        cancel_order(order_id=order_id, actor_id=user.pk, reason=reason)
    else:
        report_parcel(order_id=order_id, report=Report(step), actor=user)

"""The page of an order on which pieces that came back are looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from saleor.order.models import Order
from unfold.decorators import action
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanWidget

from plugins.ordering.errors import ReturnRefused
from plugins.ordering.services import take_back
from plugins.ordering.services.returns import returned_pieces


class ReturnForm(forms.Form):
    """How many pieces of which line, and in what state they are."""

    sealed = forms.BooleanField(
        label="The hygiene seal is whole",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="What was opened is written off: it is never sold again.",
    )
    sound = forms.BooleanField(
        label="Nothing is damaged", required=False, widget=UnfoldBooleanWidget()
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        back = returned_pieces(order)
        lines = [line for line in order.lines.order_by("pk") if line.quantity_fulfilled]
        self._lines = {f"line_{line.pk}": line.pk for line in lines}
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"{line} ({line.product_sku})",
                required=False,
                min_value=0,
                widget=UnfoldAdminIntegerFieldWidget(),
                help_text=f"{line.quantity_fulfilled - back[line.pk]} sent and not back yet.",
            )

    @property
    def pieces(self) -> list[forms.BoundField]:
        """The fields of the lines."""
        return [self[name] for name in self._lines]

    def wanted(self) -> dict[str, Any]:
        """Return what `take_back` is to be asked, but for the order and who asks."""
        data = self.cleaned_data
        counts = {line: data.get(name) for name, line in self._lines.items()}
        pieces = {line: count for line, count in counts.items() if count}
        return {"pieces": pieces, "sealed": data["sealed"], "sound": data["sound"]}


class OrderReturns:
    """Mixed into `OrderAdmin`: /staff/order/order/<pk>/return/ and the link to it."""

    @action(description="Return", url_path="return", icon="assignment_return", permissions=["view"])
    def take_return(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form; a POST notes the return and goes back to the order."""
        admin: Any = self
        order = admin.get_object(request, object_id)
        if order is None:
            return admin._get_obj_does_not_exist_redirect(request, admin.opts, object_id)
        form = ReturnForm(request.POST if request.method == "POST" else None, order=order)
        if form.is_valid() and _is_noted(request, order, form):
            return redirect("admin:order_order_change", order.pk)
        context = {
            **admin.admin_site.each_context(request),
            "title": f"Order {order}: return",
            "opts": admin.opts,
            "original": order,
            "form": form,
        }
        return TemplateResponse(request, "dashboard/order_return.html", context)


def _is_noted(request: HttpRequest, order: Order, form: ReturnForm) -> bool:
    user: Any = request.user
    try:
        restocked = take_back(order_id=order.pk, actor_id=user.pk, **form.wanted())
    except ReturnRefused as refused:
        form.add_error(None, str(refused))
        return False
    where = "Back into stock" if restocked else "Written off"
    messages.success(request, f"{where}. Money goes back by a refund, without restocking again.")
    return True

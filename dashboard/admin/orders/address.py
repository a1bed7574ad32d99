"""The page of an order on which staff change its delivery address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from saleor.order.models import Order
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from dashboard.admin.orders.columns import format_address
from dashboard.admin.orders.page import OrderPage, VersionedForm
from plugins.discreet_shipping.changes import (
    address_change_decision,
    address_version,
    change_address,
    served_countries,
)
from plugins.discreet_shipping.forms import PostalAddressForm
from plugins.fulfilment.packing import is_label_printed


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

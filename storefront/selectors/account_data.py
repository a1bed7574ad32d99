"""Everything the shop knows of a customer with an account, for them to take along."""

from __future__ import annotations

from typing import Any

from saleor.account.models import Address, User
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine

from plugins.discreet_shipping.choices import to_data
from plugins.discreet_shipping.selectors import choices_of
from plugins.discreet_shipping.services import remembered_choices
from plugins.order_emails.models import OutgoingEmail
from storefront.selectors.accounts import pending_email
from storefront.selectors.orders import order_state

Data = dict[str, Any]


def account_data(user_id: int) -> Data:
    """Return it as values that JSON can hold; money as text, with its currency beside it."""
    user = User.objects.get(pk=user_id)
    orders = Order.objects.filter(user=user).exclude(status=OrderStatus.DRAFT).order_by("pk")
    related = orders.select_related("shipping_address", "billing_address")
    remembered = remembered_choices(user=user)
    return {
        "account": {
            "email": user.email,
            "new_email_to_confirm": pending_email(user),
            "name": f"{user.first_name} {user.last_name}".strip(),
            "opened": user.date_joined,
            "last_log_in": user.last_login,
            "note_of_staff": user.note or "",
        },
        "addresses": [_address(address) for address in user.addresses.all()],
        "remembered_choices": to_data(remembered) if remembered else None,
        "orders": [_order(order) for order in related.prefetch_related("lines")],
        "emails": _emails(OutgoingEmail.objects.filter(user=user)),
    }


def _order(order: Order) -> Data:
    return {
        "number": order.pk,
        "placed": order.created,
        "state": order_state(order),
        "email": order.user_email,
        "language": order.language_code,
        "note": order.customer_note,
        "billing_address": _address(order.billing_address),
        "delivery_address": _address(order.shipping_address),
        "delivery": order.shipping_method_name or "",
        "delivery_price": str(order.shipping_price_gross_amount),
        "discount": str(order.discount_amount),
        "total": str(order.total_gross_amount),
        "currency": order.currency,
        "lines": [_line(line) for line in order.lines.all()],
        "how_the_parcel_looks": to_data(choices_of(order)),
        "emails": _emails(OutgoingEmail.objects.filter(order=order)),
    }


def _line(line: OrderLine) -> Data:
    return {
        "name": line.product_name,
        "option": line.variant_name,
        "code": line.product_sku,
        "pieces": line.quantity,
        "price_each": str(line.unit_price_gross_amount),
    }


def _address(address: Address | None) -> Data | None:
    return address.as_data() if address else None


def _emails(sent: Any) -> list[Data]:
    """Return kind and time of e-mails; their texts are not kept."""
    return list(sent.order_by("pk").values("kind", "state", "created_at", "sent_at"))

"""Orders in the states that staff meet, written straight into Saleor's tables."""

from decimal import Decimal

from saleor.order.models import Order, OrderEvent, OrderLine
from saleor.payment.models import Payment, Transaction
from saleor.warehouse.models import Allocation

from plugins.fulfilment.packing import fulfil
from plugins.ordering.models import OrderFlag
from tests.factories import AddressFactory, UserFactory, variant_in_stock


def order(*, paid=False, total="52.50", flags=(), **fields):
    """Return an order from Robin Marsh; `paid` adds a payment that took its whole total.

    `flags` are reasons for staff to look at it.
    """
    placed = Order.objects.create(
        **{
            "user_email": "robin@example.org",
            "shipping_address": AddressFactory(),
            "billing_address": AddressFactory(),
            "shipping_method_name": "Plain parcel",
            "total_gross_amount": Decimal(total),
            "total_net_amount": Decimal(total),
            **fields,
        }
    )
    OrderEvent.objects.create(order=placed, type="placed", parameters={})
    for reason in flags:
        OrderFlag.objects.create(order=placed, reason=reason)
    if paid:
        payment(placed, total)
    return placed


def payment(placed, amount, *, status="fully-charged"):
    """Add a payment that took `amount`, with its transaction."""
    row = Payment.objects.create(
        order=placed,
        gateway="fake",
        currency="GBP",
        total=Decimal(amount),
        captured_amount=Decimal(amount),
        charge_status=status,
    )
    Transaction.objects.create(
        payment=row,
        kind="capture",
        is_success=True,
        token="taken-1",
        currency="GBP",
        amount=Decimal(amount),
        gateway_response={},
    )
    return row


def line(placed, variant, quantity=1, *, reserve=True):
    """Add a line to the order and reserve its pieces in the variant's first stock."""
    row = OrderLine.objects.create(
        order=placed,
        variant=variant,
        product_name=variant.product.name,
        variant_name=variant.name,
        product_sku=variant.sku,
        is_shipping_required=True,
        quantity=quantity,
        unit_price_gross_amount=variant.product.price_amount,
        unit_price_net_amount=variant.product.price_amount,
    )
    if reserve:
        Allocation.objects.create(
            order_line=row, stock=variant.stocks.first(), quantity_allocated=quantity
        )
    return row


def sent_line():
    """Return a line of two pieces, out of five in stock, that were sent."""
    placed = order(paid=True)
    made = line(placed, variant_in_stock(5, sku="SET-A"), 2)
    fulfil(order_id=placed.pk, pieces={made.pk: 2}, actor_id=UserFactory(is_staff=True).pk)
    return made

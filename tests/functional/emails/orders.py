"""Orders for the tests of e-mails: placed, paid, sent."""

from saleor.order.actions import create_fulfillments
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from tests.factories import basket, variant_in_stock


def placed(pieces=2, variant=None, **fields):
    """Return an order that waits for its payment."""
    variant = variant or variant_in_stock(9, product__name="Gentle set", name="")
    checkout = basket((variant, pieces), **fields)
    order_id = place_order(checkout_token=checkout.pk).order_id
    start_payment(order_id=order_id)
    return Order.objects.get(pk=order_id)


def paid(pieces=2, **fields):
    """Return a paid order."""
    order = placed(pieces, **fields)
    session = PaymentSession.objects.get(order=order)
    record_payment(
        provider="fake", reference=session.reference, amount=order.total.gross, raw_id="ch_1"
    )
    return Order.objects.get(pk=order.pk)


def send(order, pieces):
    """Let so many pieces leave, as Saleor's own fulfilment does."""
    line = order.lines.get()
    stock = line.variant.stocks.get()
    parts = {stock.warehouse_id: [{"order_line": line, "quantity": pieces}]}
    (parcel,) = create_fulfillments(None, order, parts)
    return parcel


def bodies(message):
    """Return text and HTML of a message, with single spaces."""
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    return " ".join(message.body.split()), " ".join(html.split())

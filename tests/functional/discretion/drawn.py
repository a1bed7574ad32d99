"""Orders drawn at random, each with a whole life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone, translation
from prices import Money
from saleor.order.models import Order

from plugins.discreet_shipping.choices import ChoicesRefused
from plugins.discreet_shipping.order_contract import contract_of
from plugins.fulfilment.models import ReturnState, ShipmentState
from plugins.fulfilment.packing import fulfil, report_shipments
from plugins.fulfilment.returns import announce_return, record_return, set_return_state
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.attention import record_dispute
from plugins.ordering.models import DisputeState, PaymentSession
from plugins.ordering.order_messages import EMAIL_KINDS, RECEIPT_KEY
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order, perform_waiting_refunds, request_refund
from plugins.stripe_payments import client
from plugins.stripe_payments.policies import RefundData, SessionData
from storefront.accounts import add_order
from storefront.discretion import keep_choices
from tests.factories import (
    AddressFactory,
    GiftCardFactory,
    ShippingZoneFactory,
    UserFactory,
    basket,
    variant_in_stock,
)

NAMES = ("Gentle silicone dilator set", "Warm gel", "Magnetic single")
POINTS = ("", "", "LEW-1", "LEW-2")
TRACKING = "AB123456789GB"


class RecordingStripe:
    """Stripe as the shop's client sees it: keeps what would be sent, and answers."""

    def __init__(self):
        self.sent = []

    def create_session(self, new):
        self.sent.append(client._session_params(new))
        return SessionData(
            reference=f"cs_{new.key}", url="https://pay.test/", status="open", payment_status="unpaid",
            amount=new.amount, currency=new.currency, order_number=new.order_number, key=new.key,
            intent="", intent_status="", failure="",
        )  # fmt: skip

    def list_refunds(self, *, intent):
        return []

    def create_refund(self, *, intent, amount, key):
        return RefundData(f"re_{key}", intent, amount, "gbp", "succeeded", key)


@dataclass
class Drawn:
    """What was drawn, and the order that came of it."""

    random: object
    country: str = "GB"
    language: str = "en"
    receipt: bool = False
    choices: dict = field(default_factory=dict)
    order: Order = None
    lines: tuple = ()
    cards: tuple = ()

    @property
    def contract(self):
        return contract_of(self.order)


def draw(random):
    """Draw an order, buy it, and let it live until it was sent back, refunded or cancelled."""
    drawn = Drawn(random, random.choice(["GB", "GB", "ES", "US"]), random.choice(["en", "es"]))
    ShippingZoneFactory(countries=["GB", "ES", "US"])
    with translation.override(drawn.language):
        _buy(drawn)
    _live(drawn)
    drawn.order = Order.objects.get(pk=drawn.order.pk)
    return drawn


def _choices(random):
    pick = random.choice
    day = pick(["any", "any", "weekdays", "not_before"])
    return {
        "sender": pick(["", "Mill Post Room"]),
        "label_name": (name := pick(["own", "initials", "other"])),
        "other_name": "Kim Doe" if name == "other" else "",
        "point": pick(POINTS),
        "handover": pick(["any", "signature", "named"]),
        "safe_place": pick(["", "in the porch"]),
        "no_neighbour": pick([True, False]),
        "day": day,
        "weekdays": [1, 3] if day == "weekdays" else [],
        "not_before": (timezone.localdate() + timedelta(days=6)).isoformat(),
        "slip": pick(["none", "codes"]),
        "receipt": pick(["email", "email", "none"]),
        "messages": pick(["neutral", "full", "legal"]),
        "message_email": pick(["", "other@example.net"]),
        "code_word": pick(["", "Bluebell"]),
        "return_label": pick([True, False]),
    }


def _buy(drawn):
    random = drawn.random
    variants = [
        variant_in_stock(9, product__name=name, price=random.choice(["7.50", "49.00"]))
        for name in random.sample(NAMES, random.randint(1, 2))
    ]
    drawn.cards = tuple(
        GiftCardFactory(initial_balance_amount=Decimal(worth))
        for worth in random.choice([(), (), (5,), (500,)])
    )
    drawn.receipt = random.choice([True, False])
    place = {"country": drawn.country, "postal_code": {"US": "10001", "ES": "28001"}.get(drawn.country, "BN7 1AA")}  # fmt: skip
    checkout = basket(
        *((variant, random.randint(1, 2)) for variant in variants), cards=drawn.cards,
        country=drawn.country, shipping_address=AddressFactory(**place),
        metadata={RECEIPT_KEY: True} if drawn.receipt else {},
    )  # fmt: skip
    for _attempt in range(60):
        try:
            drawn.choices = _choices(random)
            keep_choices(token=checkout.pk, data=drawn.choices)
            break
        except ChoicesRefused:
            continue
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    drawn.order = Order.objects.get(pk=placed.order_id)
    if random.choice([True, False]):
        user = UserFactory()
        add_order(user_id=user.pk, token=UUID(placed.order_token))
    if placed.total.amount:
        session = PaymentSession.objects.get(order=drawn.order)
        record_payment(
            provider="stripe", reference=session.reference, amount=placed.total, raw_id=f"pi_{placed.order_id}"
        )  # fmt: skip


def _live(drawn):
    order, clerk = drawn.order, UserFactory(is_staff=True)
    drawn.lines = tuple(order.lines.all())
    if drawn.random.random() < 0.2:
        cancel_order(order_id=order.pk, actor_id=clerk.pk, reason="Asked for.")
    else:
        _send_and_return(drawn, order, clerk)
    perform_waiting_refunds()
    if drawn.random.random() < 0.2:
        record_dispute(
            provider="stripe", raw_id=f"pi_{order.pk}", reference=f"du_{order.pk}",
            amount=order.total_gross, state=DisputeState.OPEN, reason="fraudulent",
        )  # fmt: skip
    for kind in set(EMAIL_KINDS) - {"payment_refunded", "return_announced"}:
        OutgoingEmail.objects.get_or_create(
            about=f"order-{order.pk}", order=order, kind=kind, dedup_key="drawn",
            defaults={"message_id": f"<{kind}-{order.pk}@x>", "next_try_at": timezone.now()},
        )  # fmt: skip


def _send_and_return(drawn, order, clerk):
    pieces = {line.pk: line.quantity for line in drawn.lines}
    fulfil(order_id=order.pk, pieces=pieces, actor_id=clerk.pk, tracking_number=TRACKING)
    to_point = bool(contract_of(order)["choices"]["point"])
    states = ([ShipmentState.READY] if to_point else []) + [ShipmentState.DELIVERED]
    for state in states:
        report_shipments(order_id=order.pk, state=state, is_collection=to_point, actor_id=clerk.pk)
    if drawn.random.random() < 0.5:
        back = {drawn.lines[0].pk: 1}
        announce_return(order_id=order.pk, pieces=back)
        set_return_state(order_id=order.pk, state=ReturnState.ARRIVED, actor_id=clerk.pk)
        record_return(order_id=order.pk, pieces=back, sealed=True, sound=True, actor_id=clerk.pk)
        request_refund(
            order_id=order.pk, key="back", reason="Came back.", amount=Money("2.00", "GBP")
        )

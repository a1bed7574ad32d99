"""Replacements: the order that sends the other sizes of an exchange, and how it ends.

It costs the difference, if there is one to pay, and is paid, held and released as any order. What
was paid for the pieces that came back stays with the order that it replaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, cast

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop
from prices import Money, TaxedMoney
from saleor.account.models import Address, User
from saleor.order.actions import order_created
from saleor.order.models import Order, OrderLine
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment
from saleor.product.models import ProductVariant
from saleor.warehouse.management import allocate_stock

from plugins.fulfilment.exchanges import (
    Swap,
    is_replaced,
    may_agree,
    swaps_of,
    to_pay,
    to_refund,
)
from plugins.fulfilment.models import Return, ReturnLine, ReturnState
from plugins.fulfilment.policies import ExchangeRefused, may_exchange
from plugins.fulfilment.signals import exchange_agreed
from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.attention import flag_order
from plugins.ordering.discounts import line_price, spread
from plugins.ordering.ending import CANCELLED_BY_CUSTOMER
from plugins.ordering.locks import lock_gift_cards, lock_order
from plugins.ordering.models import LineDiscount, PieceState, Refund, RefundStatus
from plugins.ordering.order_state import REPLACEMENT_ENDED, add_note, is_paid, note_order
from plugins.ordering.order_taxes import tax_replacement
from plugins.ordering.outcomes import SoldOut
from plugins.ordering.paying import NOTHING_TO_PAY
from plugins.ordering.placing import new_session
from plugins.ordering.refunds import request_refund
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.signals import order_ending, order_released
from plugins.ordering.stock_allocation import lock_stock_or_refuse
from product_content.decisions import Decision

_NOTHING = Decimal("0.00")

# How long the other size is kept while its difference is not paid. Whoever gets the e-mail reads
# it within a day; Stripe's sessions last no longer than 24 hours.
HOLD: Final = timedelta(hours=23)


@transaction.atomic
def agree_exchange(*, return_id: int, actor_id: int) -> Order:
    """Reserve and order the sizes that the customer wants for what came back.

    Returns the replacement. It can be packed, or waits until the customer has paid the difference;
    if they do not, it is released as any order, and what came back can be refunded. Asked again
    while it stands, it is refused. Raises ExchangeRefused, and RefundRefused where the difference
    cannot go back.
    """
    order_id = Return.objects.values_list("order_id", flat=True).get(pk=return_id)
    order, _checkout = lock_order(order_id)
    lock_gift_cards(orders=order)  # before the stock, as everywhere
    about = Return.objects.get(pk=return_id)
    swaps = swaps_of(about)
    _require(may_agree(about, swaps))
    _refuse(swaps)
    with one_configuration(), stock_reason(reason=StockReason.ORDER_PLACED, actor_id=actor_id):
        replacement = _create(order, swaps, actor_id)
    _link(about, replacement, swaps)
    _give_difference_back(order, about, swaps, actor_id)
    _note(order, replacement, actor_id)
    exchange_agreed.send(Return, order_id=replacement.pk)
    return replacement


def is_to_be_paid(about: Return) -> bool:
    """Say whether the difference is due: the replacement stands, and is not paid."""
    return is_replaced(about) and not is_paid(about.replacement)


def _refuse(swaps: Iterable[Swap]) -> None:
    asked: Counter[int] = Counter()
    for swap in swaps:
        asked[swap.offer.variant_id] += swap.pieces
        wanted, offer = asked[swap.offer.variant_id], swap.offer
        _require(may_exchange(wanted=wanted, left=offer.left))


def _create(order: Order, swaps: Sequence[Swap], actor_id: int) -> Order:
    """Make the replacement and reserve its pieces."""
    lines = [new_line(swap.offer.variant, swap.pieces, swap.offer.price) for swap in swaps]
    due = to_pay(swaps)
    parts = spread(due, [max(swap.difference.amount, _NOTHING) for swap in swaps])
    return reserve(order, lines, parts, actor_id=actor_id, because=_DISCOUNT)


def reserve(
    order: Order,
    lines: Sequence[OrderLine],
    parts: Sequence[Decimal],
    *,
    actor_id: int,
    because: str,
    private: Mapping[str, Any] | None = None,
) -> Order:
    """Make an order for the same customer and address, and reserve its unsaved lines.

    `parts` is what is paid for each line; the rest of its price stands as a discount that is called
    `because`, a text to translate. `private` goes into its private metadata. It waits to be paid,
    or is settled if nothing is due. Runs in a transaction that has locked `order`. Raises
    ExchangeRefused where a piece is not to be had.
    """
    country = order.shipping_address.country.code if order.shipping_address else ""
    _lock_stock(lines, country or settings.DEFAULT_COUNTRY)
    due = Money(sum(parts, _NOTHING), order.currency)
    replacement = _new_order(order, lines, due, because, private or {})
    for line in lines:
        line.order = replacement
        line.save()
        if line.variant.track_inventory:
            allocate_stock(line, country or settings.DEFAULT_COUNTRY, line.quantity)
    LineDiscount.objects.bulk_create(
        LineDiscount(line=line, amount_value=line_price(line) - part)
        for line, part in zip(lines, parts, strict=True)
    )
    if due.amount:
        tax_replacement(replacement, lines, parts)
    order_created(order=replacement, user=User.objects.get(pk=actor_id))
    if due.amount:
        new_session(replacement, HOLD)
    else:
        _settle(replacement)
    return replacement


def _lock_stock(lines: Sequence[OrderLine], country: str) -> None:
    try:
        lock_stock_or_refuse(cast("Any", lines), country)  # of a line it reads what ours have too
    except SoldOut as short:
        _require(may_exchange(wanted=1, left=0))
        raise ExchangeRefused from short


def new_line(variant: ProductVariant, pieces: int, price: Money) -> OrderLine:
    """Return an unsaved order line of so many pieces, each at `price`."""
    return OrderLine(
        variant=variant,
        product_name=str(variant.product),
        variant_name=str(variant),
        product_sku=variant.sku,
        is_shipping_required=variant.is_shipping_required(),
        quantity=pieces,
        currency=price.currency,
        unit_price=TaxedMoney(net=price, gross=price),
    )


def _new_order(
    order: Order, lines: Sequence[OrderLine], due: Money, because: str, private: Mapping[str, Any]
) -> Order:
    """Return a stored order for the same customer that costs `due`; the rest is its discount."""
    return Order.objects.create(
        total=TaxedMoney(net=due, gross=due),
        **_discount_names(order.language_code, because),
        user=order.user,
        user_email=order.user_email,
        language_code=order.language_code,
        currency=order.currency,
        billing_address=_copy(order.billing_address),
        shipping_address=_copy(order.shipping_address),
        shipping_method=order.shipping_method,
        shipping_method_name=order.shipping_method_name,
        discount_amount=sum(map(line_price, lines), _NOTHING) - due.amount,
        weight=_weight(lines),
        metadata=dict(order.metadata or {}),
        private_metadata=dict(private),
    )


_DISCOUNT = gettext_noop("For what you sent back")


def _discount_names(language: str, because: str) -> dict[str, str]:
    with translation.override(settings.LANGUAGE_CODE):
        name = translation.gettext(because)
    with translation.override(language):
        return {
            "discount_name": name,
            "translated_discount_name": translation.gettext(because),
        }


def _copy(address: Address | None) -> Address | None:
    return address.get_copy() if address else None


def _weight(lines: Iterable[OrderLine]) -> Any:
    first, *others = [line.variant.get_weight() * line.quantity for line in lines]
    return sum(others, first)


def _settle(replacement: Order) -> None:
    """Note that nothing is to be paid; the customer gets no confirmation of a payment."""
    Payment.objects.create(
        order=replacement,
        gateway=NOTHING_TO_PAY,
        token=f"exchange-{replacement.pk}",
        total=Decimal("0.00"),
        captured_amount=Decimal("0.00"),
        currency=replacement.currency,
        charge_status=ChargeStatus.FULLY_CHARGED,
    )


def _link(about: Return, replacement: Order, swaps: Iterable[Swap]) -> None:
    about.replacement = replacement
    about.save(update_fields=["replacement"])
    for swap in swaps:
        swap.returned.exchanged = swap.pieces
        swap.returned.save(update_fields=["exchanged"])


def _give_difference_back(
    order: Order, about: Return, swaps: Sequence[Swap], actor_id: int
) -> None:
    pieces = {swap.returned.line_id: swap.pieces for swap in swaps}
    request_refund(
        order_id=order.pk,
        key=_refund_key(about),
        reason="Exchanged for another size.",
        amount=to_refund(swaps),
        lines=pieces,
        which=dict.fromkeys(pieces, PieceState.RETURNED),
        in_exchange=True,
        user_id=actor_id,
    )


def _refund_key(about: Return) -> str:
    return f"exchange-{about.pk}-{about.replacement_id}"


def _refund_of(about: Return) -> Refund:
    """Return the refund by which this exchange took its pieces and gave a difference back.

    Until November 2026 its key had no replacement in it: there was one at most.
    """
    known = Refund.objects.filter(key__in=(_refund_key(about), f"exchange-{about.pk}"))
    return known.order_by("pk").reverse()[0]


def connect() -> None:
    """Listen to how replacements end."""
    order_ending.connect(_replacement_ends, dispatch_uid="fulfilment-replacement-ends")
    order_released.connect(_not_wanted, dispatch_uid="fulfilment-not-wanted")


def _replacement_ends(sender: object, *, order_id: int, **_more: Any) -> None:
    """Say on the order that it replaces what becomes of the money, and let it go back.

    Sent before stock rows are locked, so that the other order comes first, as everywhere.
    """
    about = Return.objects.filter(replacement_id=order_id).first()
    if about is None:
        return
    order, _checkout = lock_order(about.order_id)
    refund = _refund_of(about)
    about.lines.update(exchanged=0)
    add_note(order, f"Order {order_id} does not send the other size: it ended.")
    refund.in_exchange = False
    if not refund.amount_value:  # nothing has gone back: the pieces can be refunded as any others
        refund.state = RefundStatus.FAILED
    refund.save(update_fields=["state", "in_exchange", "updated_at"])
    if refund.amount_value or about.state != ReturnState.INSPECTED:
        flag_replaced(about, f"Its replacement, order {order_id}, was cancelled.")


def flag_replaced(about: Return, why: str) -> None:
    """Have staff look at money that was kept for a replacement: it is to be refunded."""
    rows = _refund_of(about).lines.all()
    kept = sum((row.price_value - row.amount_value for row in rows), _NOTHING)
    flag_order(
        order_id=about.order_id,
        reason=REPLACEMENT_ENDED,
        message=f"{why} {kept} {about.order.currency} that was paid for what came back of this "
        "order, and not given back, is here: refund it.",
    )


def _not_wanted(sender: object, *, order_id: int, reason: str, **_more: Any) -> None:
    """Note that the customer wants the money back, in place of another size."""
    if reason == CANCELLED_BY_CUSTOMER:
        ReturnLine.objects.filter(belongs_to__replacement_id=order_id).update(wanted=None)


def _note(order: Order, replacement: Order, actor_id: int) -> None:
    note_order(
        order_id=order.pk,
        message=f"Exchanged: order {replacement.pk} sends the other size{_condition(replacement)}.",
        actor_id=actor_id,
    )
    note_order(
        order_id=replacement.pk,
        message=f"It replaces what came back of order {order.pk}.",
        actor_id=actor_id,
    )


def _condition(replacement: Order) -> str:
    return "" if is_paid(replacement) else " once the difference is paid"


def _require(decision: Decision) -> None:
    if not decision.allowed:
        raise ExchangeRefused(decision.reason)

"""Exchanges: which other sizes a customer may have for a piece, and the order that sends them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from prices import Money, TaxedMoney
from saleor.account.models import Address, User
from saleor.discount.utils import fetch_discounts
from saleor.order.actions import order_created
from saleor.order.models import Order, OrderLine
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment
from saleor.product.models import ProductVariant
from saleor.warehouse.management import allocate_stock
from saleor.warehouse.models import Stock

from plugins.fulfilment.models import LOOKED_AT, Return, ReturnLine
from plugins.fulfilment.policies import ExchangeRefused, may_agree_exchange, may_exchange
from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.line_discounts import line_price, rounded
from plugins.ordering.locks import lock_gift_cards, lock_order
from plugins.ordering.models import LineDiscount, PieceState
from plugins.ordering.order_state import note_order
from plugins.ordering.outcomes import SoldOut
from plugins.ordering.paying import NOTHING_TO_PAY
from plugins.ordering.refund_lines import lines_left
from plugins.ordering.refunds import request_refund
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.stock_allocation import lock_stock_or_refuse
from product_content.decisions import Decision
from product_content.languages import translated_text


@dataclass(frozen=True, slots=True)
class ExchangeOffer:
    """Another variant of the product of an order line; `price` is today's, for one piece.

    `is_dearer`: more than one piece of the line cost before promo codes.
    """

    variant: ProductVariant
    price: Money
    left: int
    is_dearer: bool

    @property
    def variant_id(self) -> int:
        """The id of the variant."""
        return int(self.variant.pk)

    @property
    def name(self) -> str:
        """The name of the size, in the active language."""
        return translated_text(self.variant.name)


def exchange_offers(order: Order) -> dict[int, list[ExchangeOffer]]:
    """Return the other variants for each line of the order, by line id; of some none are left.

    A line whose product is sold in one size, or is not sold any more, has none.
    """
    lines = list(order.lines.select_related("variant").order_by("pk"))
    variants = _variants({line.variant.product_id for line in lines if line.variant})
    left, sales = _left(variants), fetch_discounts(timezone.now())
    return {
        line.pk: [
            _offer(line, variant, variant.get_price(sales), left[variant.pk])
            for variant in variants
            if line.variant and _is_other_size(line.variant, variant)
        ]
        for line in lines
    }


def money_back_for(line: OrderLine, price: Money, paid_each: Decimal) -> Decimal:
    """Return what of `paid_each` goes back where one piece becomes one that costs `price`.

    A promo code made the line cheaper, and makes the other size cheaper by the same share.
    """
    full = line.unit_price_gross_amount
    if not full or price.amount >= full:
        return Decimal("0.00")
    return rounded(paid_each * (full - price.amount) / full)


def _is_other_size(known: ProductVariant, other: ProductVariant) -> bool:
    return bool(other.product_id == known.product_id and other.pk != known.pk)


def _offer(line: OrderLine, variant: ProductVariant, price: Money, left: int) -> ExchangeOffer:
    is_dearer = price.amount > line.unit_price_gross_amount
    return ExchangeOffer(variant, price, max(left, 0), is_dearer)


def _variants(product_ids: Iterable[int]) -> list[ProductVariant]:
    sold = ProductVariant.objects.filter(
        product_id__in=product_ids, product__is_published=True
    ).select_related("product")
    return list(sold.prefetch_related("product__collections").order_by("pk"))


def _left(variants: Iterable[ProductVariant]) -> Mapping[int, int]:
    stocks = Stock.objects.for_country(settings.DEFAULT_COUNTRY).annotate_available_quantity()
    pieces: Counter[int] = Counter()
    for stock in stocks.filter(product_variant__in=list(variants)):
        pieces[stock.product_variant_id] += stock.available_quantity
    return pieces


@dataclass(frozen=True, slots=True)
class Swap:
    """Pieces of a line of a return that become as many of another size.

    `back` of what was paid for them goes back, in the order's currency.
    """

    returned: ReturnLine
    pieces: int
    offer: ExchangeOffer
    back: Decimal


@transaction.atomic
def agree_exchange(*, return_id: int, actor_id: int) -> Order:
    """Reserve and order the sizes that the customer wants for what came back.

    Returns the replacement, which is paid and can be packed. Asked again it is refused. Raises
    ExchangeRefused, and RefundRefused where the difference cannot go back.
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
    return replacement


def swaps_of(about: Return) -> list[Swap]:
    """Return what the replacement of this return would swap now; nothing that was refunded."""
    wanted = about.lines.filter(wanted__isnull=False, inspected__gt=0).select_related("line")
    lines = list(wanted.order_by("pk"))
    if not lines:
        return []
    offers, left = exchange_offers(about.order), lines_left(about.order)
    swaps = []
    for line in lines:
        known, refundable = left[line.line_id], left[line.line_id].pieces[PieceState.RETURNED]
        pieces = min(line.inspected, line.announced, refundable)
        for offer in offers[line.line_id]:
            if pieces and offer.variant_id == line.wanted_id:
                back = money_back_for(known.line, offer.price, known.each)
                swaps.append(Swap(line, pieces, offer, back * pieces))
    return swaps


def may_agree(about: Return, swaps: Sequence[Swap]) -> Decision:
    """Say whether `agree_exchange` would be refused for the return itself; for staff."""
    return may_agree_exchange(
        inspected=about.state in LOOKED_AT,
        replaced=about.replacement_id is not None,
        pieces=sum(swap.pieces for swap in swaps),
    )


def wanted_exchange(order: Order) -> Return | None:
    """Return the newest return that was looked at and for which other sizes are wanted."""
    wanted = order.returns.filter(state__in=LOOKED_AT, lines__wanted__isnull=False)
    return wanted.order_by("pk").last()


def swaps_now(order: Order) -> list[Swap]:
    """Return what a replacement would send now; nothing where none is to be sent."""
    about = wanted_exchange(order)
    swaps = swaps_of(about) if about else []
    return swaps if about and may_agree(about, swaps).allowed else []


def _refuse(swaps: Iterable[Swap]) -> None:
    asked: Counter[int] = Counter()
    for swap in swaps:
        asked[swap.offer.variant_id] += swap.pieces
        wanted, offer = asked[swap.offer.variant_id], swap.offer
        _require(may_exchange(wanted=wanted, left=offer.left, is_dearer=offer.is_dearer))


def _create(order: Order, swaps: Sequence[Swap], actor_id: int) -> Order:
    """Make the replacement and reserve its pieces, their stock rows locked by pk."""
    lines = [_line(swap) for swap in swaps]
    country = order.shipping_address.country.code if order.shipping_address else ""
    _lock_stock(lines, country or settings.DEFAULT_COUNTRY)
    replacement = _new_order(order, lines)
    for line in lines:
        line.order = replacement
        line.save()
        if line.variant.track_inventory:
            allocate_stock(line, country or settings.DEFAULT_COUNTRY, line.quantity)
    LineDiscount.objects.bulk_create(
        LineDiscount(line=line, amount_value=line_price(line)) for line in lines
    )
    order_created(order=replacement, user=User.objects.get(pk=actor_id))
    _settle(replacement)
    return replacement


def _lock_stock(lines: Sequence[OrderLine], country: str) -> None:
    try:
        lock_stock_or_refuse(cast("Any", lines), country)  # of a line it reads what ours have too
    except SoldOut as short:
        _require(may_exchange(wanted=1, left=0, is_dearer=False))
        raise ExchangeRefused from short


def _line(swap: Swap) -> OrderLine:
    variant, price = swap.offer.variant, swap.offer.price
    return OrderLine(
        variant=variant,
        product_name=str(variant.product),
        variant_name=str(variant),
        product_sku=variant.sku,
        is_shipping_required=variant.is_shipping_required(),
        quantity=swap.pieces,
        currency=price.currency,
        unit_price=TaxedMoney(net=price, gross=price),
    )


def _new_order(order: Order, lines: Sequence[OrderLine]) -> Order:
    """Return a stored order for the same customer; what it is worth stands on it as discount."""
    return Order.objects.create(
        user=order.user,
        user_email=order.user_email,
        language_code=order.language_code,
        currency=order.currency,
        billing_address=_copy(order.billing_address),
        shipping_address=_copy(order.shipping_address),
        shipping_method=order.shipping_method,
        shipping_method_name=order.shipping_method_name,
        discount_amount=sum(map(line_price, lines), Decimal("0.00")),
        weight=_weight(lines),
        metadata=dict(order.metadata or {}),
    )


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
        key=f"exchange-{about.pk}",
        reason="Exchanged for another size.",
        amount=Money(sum((swap.back for swap in swaps), Decimal("0.00")), order.currency),
        lines=pieces,
        which=dict.fromkeys(pieces, PieceState.RETURNED),
        in_exchange=True,
        user_id=actor_id,
    )


def _note(order: Order, replacement: Order, actor_id: int) -> None:
    note_order(
        order_id=order.pk,
        message=f"Exchanged: order {replacement.pk} sends the other size.",
        actor_id=actor_id,
    )
    note_order(
        order_id=replacement.pk,
        message=f"It replaces what came back of order {order.pk}.",
        actor_id=actor_id,
    )


def _require(decision: Decision) -> None:
    if not decision.allowed:
        raise ExchangeRefused(decision.reason)

"""Vouchers: whether one applies to a basket, what it takes off, and off which lines of an order.

Reasons for customers are ours and in their language; Saleor's own texts reach nobody.

The sums over an order's lines, stored when it is placed, are its discount to the cent (or yen).
Orders from before they were stored, or made by staff, are computed from their voucher as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries.fields import Country
from prices import Money
from saleor.checkout.models import CheckoutLine
from saleor.discount import VoucherType
from saleor.discount.models import Voucher, VoucherCustomer
from saleor.discount.utils import get_products_voucher_discount
from saleor.order.models import Order, OrderLine
from saleor.product.models import Category

from plugins.ordering.basket import Basket
from plugins.ordering.codes import with_code
from plugins.ordering.models import LineDiscount
from plugins.ordering.totals import LineTotals, Totals
from plugins.taxes import calculation
from product_content.decisions import ALLOWED, Decision, refused
from product_content.languages import written_day
from product_content.money import format_money, smallest_unit
from product_content.parsing import normal_email

Line = TypeVar("Line", CheckoutLine, OrderLine)


@dataclass(frozen=True)
class Purchase:
    """What a voucher's conditions are about.

    `country` is where it goes, "" while nobody has said; `covered` are the pieces that a voucher
    for certain products takes something off. `held_uses` counts the uses that the basket's own
    unpaid order holds: the voucher counts them as used, but they are this basket's.
    """

    now: datetime
    subtotal: Money
    pieces: int
    covered: int
    country: str = ""
    needs_delivery: bool = True
    delivery_chosen: bool = False
    used_before: bool = False
    held_uses: int = 0


def voucher_applies(voucher: Voucher, purchase: Purchase) -> Decision:
    """Say whether a voucher may be used; the reason is for the customer."""
    decisions = (check(voucher, purchase) for check in _CHECKS)
    return next((decision for decision in decisions if not decision.allowed), ALLOWED)


def _is_running(voucher: Voucher, purchase: Purchase) -> Decision:
    if voucher.start_date > purchase.now:
        return refused(_("This code begins on %(day)s.") % {"day": _day(voucher.start_date)})
    if voucher.end_date is not None and voucher.end_date < purchase.now:
        return refused(_("This code ended on %(day)s.") % {"day": _day(voucher.end_date)})
    return ALLOWED


def _has_uses_left(voucher: Voucher, purchase: Purchase) -> Decision:
    limit, used = voucher.usage_limit, voucher.used - purchase.held_uses
    if limit is not None and used >= limit:
        return refused(_("This code has been used up."))
    return ALLOWED


def _spends_enough(voucher: Voucher, purchase: Purchase) -> Decision:
    least = Money(voucher.min_spent_amount or 0, purchase.subtotal.currency)
    if purchase.subtotal >= least:
        return ALLOWED
    text = _("This code is for orders of %(amount)s or more: %(missing)s more is needed.")
    missing = format_money(least - purchase.subtotal)
    return refused(text % {"amount": format_money(least), "missing": missing})


def _has_enough(voucher: Voucher, purchase: Purchase) -> Decision:
    least = voucher.min_checkout_items_quantity or 0
    if purchase.pieces >= least:
        return ALLOWED
    text = ngettext(
        "This code is for orders of %(number)s piece or more: %(missing)s more is needed.",
        "This code is for orders of %(number)s pieces or more: %(missing)s more is needed.",
        least,
    )
    return refused(text % {"number": least, "missing": least - purchase.pieces})


def _goes_there(voucher: Voucher, purchase: Purchase) -> Decision:
    codes = {country.code for country in voucher.countries}
    if not codes or not purchase.country or purchase.country in codes:
        return ALLOWED
    name = str(Country(purchase.country).name)
    return refused(_("This code is not for orders to this country: %(name)s.") % {"name": name})


def _is_first_use(voucher: Voucher, purchase: Purchase) -> Decision:
    if not (voucher.apply_once_per_customer and purchase.used_before):
        return ALLOWED
    return refused(_("This code can be used once, and you have used it already."))


def _has_covered(voucher: Voucher, purchase: Purchase) -> Decision:
    if voucher.type != VoucherType.SPECIFIC_PRODUCT or purchase.covered:
        return ALLOWED
    return refused(_("This code is for certain products, and none of them is in your basket."))


def _has_delivery(voucher: Voucher, purchase: Purchase) -> Decision:
    if voucher.type != VoucherType.SHIPPING:
        return ALLOWED
    if not purchase.needs_delivery:
        return refused(_("This code is for delivery, and your order needs none."))
    if not purchase.delivery_chosen:
        return refused(_("This code is for delivery. It counts once you have chosen the delivery."))
    return ALLOWED


_CHECKS = (
    _is_running,
    _has_uses_left,
    _spends_enough,
    _has_enough,
    _goes_there,
    _is_first_use,
    _has_covered,
    _has_delivery,
)


def _day(moment: datetime) -> str:
    return written_day(moment)


@dataclass(frozen=True)
class VoucherAnswer:
    """What a voucher takes off a basket; None with the reason if it does not apply."""

    discount: Money | None
    reason: str = ""


def find_voucher(code: str) -> Voucher | None:
    """Return the voucher of a basket's code, whether or not it can be used now."""
    return with_code(Voucher.objects.all(), code).first()


def voucher_answer(voucher: Voucher, basket: Basket, totals: Totals) -> VoucherAnswer:
    """Say what the voucher takes off a basket, never more than what it is for costs.

    `totals` has the goods and the delivery of the basket; no more of it is looked at.
    """
    covered = _covered(voucher, basket.lines, totals.lines)
    allowed, why = voucher_applies(voucher, _purchase(voucher, basket, totals, covered))
    if not allowed:
        return VoucherAnswer(None, why)
    if voucher.type == VoucherType.SPECIFIC_PRODUCT:
        off = get_products_voucher_discount(voucher, list(_piece_prices(covered)))
        return VoucherAnswer(min(off, totals.subtotal).quantize())
    on_delivery = voucher.type == VoucherType.SHIPPING and totals.delivery is not None
    price = totals.delivery if on_delivery else totals.subtotal
    return VoucherAnswer(min(voucher.get_discount_amount_for(price), price).quantize())


def _purchase(
    voucher: Voucher, basket: Basket, totals: Totals, covered: Sequence[LineTotals]
) -> Purchase:
    address = basket.checkout.shipping_address
    return Purchase(
        now=timezone.now(),
        subtotal=totals.subtotal,
        pieces=sum(line.quantity for line in totals.lines),
        covered=sum(line.quantity for line in covered),
        country=address.country.code if address else "",
        needs_delivery=basket.checkout.is_shipping_required(),
        delivery_chosen=totals.delivery is not None,
        used_before=voucher.apply_once_per_customer and _used_before(voucher, basket),
        held_uses=basket.holds.uses_of(voucher.pk),
    )


def _used_before(voucher: Voucher, basket: Basket) -> bool:
    """Say whether the customer has used the voucher, other than for this basket's own order."""
    email = normal_email(basket.checkout.get_customer_email() or "")
    if not email or basket.holds.is_use_by(voucher.pk, email):
        return False
    uses = VoucherCustomer.objects.filter(voucher=voucher, customer_email__iexact=email)
    return bool(uses.exists())


def _covered(
    voucher: Voucher, lines: Sequence[CheckoutLine], sums: Sequence[LineTotals]
) -> list[LineTotals]:
    """Return the sums of the lines that the voucher is for."""
    fitting = {line.pk for line in covered_lines(voucher, lines)}
    return [one for line, one in zip(lines, sums, strict=True) if line.pk in fitting]


def covered_lines(voucher: Voucher, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that the voucher is for: all, unless it is for certain products.

    Lines of a basket or of an order. A category stands for what is below it too. For nothing
    chosen Saleor takes all lines. A product that was deleted since is not known any more.
    """
    if voucher.type != VoucherType.SPECIFIC_PRODUCT:
        return list(lines)
    products = set(voucher.products.values_list("pk", flat=True))
    collections = set(voucher.collections.values_list("pk", flat=True))
    categories = _with_descendants(voucher)
    if not (products or collections or categories):
        return list(lines)
    return [
        line
        for line in lines
        if line.variant is not None
        and (
            line.variant.product_id in products
            or line.variant.product.category_id in categories
            or (collections and collections & _collections_of(line))
        )
    ]


def _with_descendants(voucher: Voucher) -> set[int]:
    chosen = voucher.categories.all()
    if not chosen:
        return set()
    below = Category.tree.get_queryset_descendants(chosen, include_self=True)
    return set(below.values_list("pk", flat=True))


def _collections_of(line: CheckoutLine | OrderLine) -> set[int]:
    return {collection.pk for collection in line.variant.product.collections.all()}


def _piece_prices(lines: Sequence[LineTotals]) -> Iterator[Money]:
    for line in lines:
        yield from [line.unit_price] * line.quantity


_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Discount:
    """What is off a whole line, in the order's currency.

    `on_one_piece`: off a single piece of it; else each piece carries the same share.
    """

    amount: Decimal = _NOTHING
    on_one_piece: bool = False


def spread(total: Money, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return `total` in parts proportional to `weights`, in whole cents (or yen) that add up to it.

    No part is larger than its weight where `total` is not larger than all of them.
    """
    return calculation.spread(total.amount, weights, smallest_unit(total.currency))


def line_price(line: OrderLine) -> Decimal:
    """Return what all pieces of the line cost before a discount."""
    return Decimal(line.unit_price_gross_amount * line.quantity)


def store_line_discounts(order: Order, lines: Sequence[OrderLine]) -> None:
    """Write down what the code of an order that is just placed took off each of its lines."""
    if not order.discount_amount:
        return
    LineDiscount.objects.bulk_create(
        LineDiscount(line_id=pk, amount_value=discount.amount, on_one_piece=discount.on_one_piece)
        for pk, discount in _computed(order, lines).items()
    )


def line_discounts(order: Order) -> dict[int, Discount]:
    """Return what is off each line of the order, by line id; two queries where it is stored."""
    if not order.discount_amount:
        return {}
    lines = list(order.lines.select_related("discount").order_by("pk"))
    stored = {
        line.pk: Discount(line.discount.amount_value, line.discount.on_one_piece)
        for line in lines
        if hasattr(line, "discount")
    }
    return stored or _computed(order, lines)


def delivery_paid(order: Order) -> Money:
    """Return what was paid for the delivery: its price less what a code for delivery took off."""
    price = order.shipping_price_gross
    if not _is_on_delivery(order.voucher):
        return price
    return max(price - order.discount, Money(_NOTHING, order.currency))


def _is_on_delivery(voucher: Voucher | None) -> bool:
    return voucher is not None and voucher.type == VoucherType.SHIPPING


def _computed(order: Order, lines: Sequence[OrderLine]) -> dict[int, Discount]:
    priced = [PricedLine(line, line.unit_price_gross_amount) for line in lines]
    return discount_parts(order.voucher, order.discount_amount, priced)


class PricedLine(NamedTuple):
    """A line of a basket or an order, and what one piece of it costs before a code."""

    line: CheckoutLine | OrderLine
    each: Decimal

    @property
    def total(self) -> Decimal:
        """What all its pieces cost."""
        return Decimal(self.each * self.line.quantity)


def discount_parts(
    voucher: Voucher | None, amount: Decimal, lines: Sequence[PricedLine]
) -> dict[int, Discount]:
    """Return what of the `amount` that a voucher takes off is off each line, by line id.

    A basket and the order made from it have the same parts. A voucher that is gone counts for all.
    """
    if _is_on_delivery(voucher):
        return {}
    if voucher is None or voucher.type != VoucherType.SPECIFIC_PRODUCT:
        return _spread_over(amount, lines, [line.total for line in lines])
    covered = {line.pk for line in covered_lines(voucher, [one.line for one in lines])}
    fitting = [one for one in lines if one.line.pk in covered] or list(lines)
    if voucher.apply_once_per_order:
        return _on_cheapest(amount, fitting)
    return _spread_over(amount, fitting, [_taken_off(voucher, line) for line in fitting])


def _spread_over(
    amount: Decimal, lines: Sequence[PricedLine], weights: Sequence[Decimal]
) -> dict[int, Discount]:
    """Spread the discount; no line gives more than it costs."""
    whole = sum((line.total for line in lines), _NOTHING)
    parts = spread(Money(min(amount, whole), _currency(lines)), weights)
    return {one.line.pk: Discount(part) for one, part in zip(lines, parts, strict=True)}


def _currency(lines: Sequence[PricedLine]) -> str:
    """Return an order's currency; the lines of a basket have none of their own."""
    own = (getattr(one.line, "currency", "") for one in lines)
    return next(own, "") or str(settings.DEFAULT_CURRENCY)


def _on_cheapest(amount: Decimal, lines: Sequence[PricedLine]) -> dict[int, Discount]:
    """Return the discount of a code that applies once per order: to the cheapest fitting piece."""
    cheapest = min(lines, key=lambda one: one.each)
    return {cheapest.line.pk: Discount(min(amount, cheapest.each), on_one_piece=True)}


def _taken_off(voucher: Voucher, one: PricedLine) -> Decimal:
    off = voucher.get_discount_amount_for(Money(one.each, voucher.currency))
    return Decimal(off.amount * one.line.quantity)

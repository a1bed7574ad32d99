"""The VAT of a basket, and the rows that an order and its refunds keep of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Q, Sum
from prices import Money
from saleor.checkout.models import CheckoutLine
from saleor.discount.models import Voucher
from saleor.order.models import Order, OrderLine

from plugins.ordering.basket import Basket
from plugins.ordering.discounts import Discount, PricedLine, discount_parts
from plugins.ordering.money_models import Refund, RefundStatus
from plugins.ordering.totals import Totals
from plugins.taxes.calculation import Charged, Credit, TaxPart, credits_of, tax_parts
from plugins.taxes.models import CreditTax, OrderTax
from plugins.taxes.plugin import tax_rules_for, tax_rules_of
from plugins.taxes.rates import goods_of
from product_content.money import smallest_unit

_NOTHING = Decimal("0.00")


def price_there(line: CheckoutLine, price: Money) -> Money:
    """Return what a price of a list is where the line's basket goes; the same almost everywhere."""
    rules = tax_rules_of(line.checkout)
    if rules is None:
        return price
    amount = rules.price(
        price.amount, goods_of(line.variant.product), smallest_unit(price.currency)
    )
    return Money(amount, price.currency)


def with_tax(basket: Basket, totals: Totals, voucher: Voucher | None) -> Totals:
    """Return the sums with the VAT in them; `voucher` is the one that counts."""
    rules = tax_rules_of(basket.checkout)
    if rules is None:
        return totals
    goods = [goods_of(line.variant.product) for line in basket.lines]
    full = [line.total.amount for line in totals.lines]
    paid = zip(goods, _less_code(basket, totals, voucher), strict=True)
    unit = smallest_unit(totals.currency)
    parts = tax_parts(rules, list(paid), _delivery_paid(totals), unit, full)
    tax = sum((part.tax for part in parts), _NOTHING)
    return replace(totals, vat=parts, tax=Money(tax, totals.currency).quantize())


def _less_code(basket: Basket, totals: Totals, voucher: Voucher | None) -> list[Decimal]:
    """Return what is paid for each line once the code has taken its part."""
    pairs = list(zip(basket.lines, totals.lines, strict=True))
    off: Mapping[int, Discount] = {}
    if voucher is not None:
        lines = [PricedLine(line, sums.unit_price.amount) for line, sums in pairs]
        off = discount_parts(voucher, totals.discount.amount, lines)
    return [sums.total.amount - off.get(line.pk, Discount()).amount for line, sums in pairs]


def _delivery_paid(totals: Totals) -> Decimal:
    price = totals.delivery.amount if totals.delivery else _NOTHING
    off = sum((one.amount.amount for one in totals.discounts if one.on_delivery), _NOTHING)
    return max(price - off, _NOTHING)


def store_order_taxes(order: Order, lines: Sequence[OrderLine], parts: Collection[TaxPart]) -> None:
    """Keep the tax of a new order; `parts` name its lines by their place. One statement."""
    if parts:
        country = _country(order)
        OrderTax.objects.bulk_create(_row(order, lines, part, country) for part in parts)


def _row(order: Order, lines: Sequence[OrderLine], part: TaxPart, country: str) -> OrderTax:
    return OrderTax(
        order=order,
        line=None if part.line is None else lines[part.line],
        country=country,
        tax_class=part.tax_class,
        percent=part.percent,
        relief=part.relief,
        net_value=part.net,
        tax_value=part.tax,
        gross_value=part.gross,
    )


def _country(order: Order) -> str:
    address = order.shipping_address or order.billing_address
    return str(address.country.code) if address else ""


def tax_replacement(order: Order, lines: Sequence[OrderLine], paid: Sequence[Decimal]) -> None:
    """Compute and keep the tax of an order without delivery, of whose lines `paid` is paid."""
    rules = tax_rules_for(_country(order))
    if rules is None:
        return
    goods = [goods_of(line.variant.product if line.variant else None) for line in lines]
    pairs = list(zip(goods, paid, strict=True))
    parts = tax_parts(rules, pairs, _NOTHING, smallest_unit(order.currency))
    store_order_taxes(order, lines, parts)
    order.total_net_amount -= sum((part.tax for part in parts), _NOTHING)
    order.save(update_fields=["total_net_amount"])


def store_credit_taxes(refund: Refund) -> None:
    """Keep what of a refund that is booked now is VAT; nothing where its order has none."""
    rows = _charged(refund.order)
    if rows and refund.currency == refund.order.currency:
        found = credits_of(
            rows,
            lines=_by_line(refund),
            delivery=refund.delivery_value,
            free=refund.free_value,
            unit=smallest_unit(refund.currency),
        )
        CreditTax.objects.bulk_create(_credit(refund, one) for one in found)


def _by_line(refund: Refund) -> dict[int, Decimal]:
    rows = refund.lines.order_by().values("line_id").annotate(sum=Sum("amount_value"))
    return dict(rows.values_list("line_id", "sum"))


def _charged(order: Order) -> list[Charged]:
    stands = ~Q(credits__refund__state=RefundStatus.FAILED)
    rows = OrderTax.objects.filter(order=order).annotate(
        gone_gross=Sum("credits__gross_value", filter=stands),
        gone_tax=Sum("credits__tax_value", filter=stands),
    )
    return [
        Charged(
            row.pk, row.line_id, row.gross_value, row.tax_value,
            row.gone_gross or _NOTHING, row.gone_tax or _NOTHING,
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip


def _credit(refund: Refund, one: Credit) -> CreditTax:
    return CreditTax(
        refund=refund,
        charged_id=one.key,
        net_value=one.gross - one.tax,
        tax_value=one.tax,
        gross_value=one.gross,
    )

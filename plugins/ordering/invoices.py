"""Invoices: their numbers without gaps, what they say for good, and the VAT of a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from saleor.order.models import Order, OrderLine
from saleor.site.models import SiteSettings

from plugins.ordering.addresses import address_lines
from plugins.ordering.discounts import Discount, line_discounts, line_price
from plugins.ordering.money_models import Refund, RefundStatus
from plugins.ordering.order_messages import sells_gift_card
from plugins.ordering.totals import Totals, full_name, totals_of_order
from plugins.taxes.models import CreditTax, Invoice, InvoiceCounter, OrderTax
from plugins.taxes.plugin import current_settings
from product_content.languages import midnight
from product_content.shop_settings import shop_facts

_NOTHING = Decimal("0.00")


def issue_invoice(order: Order) -> Invoice | None:
    """Give a locked order that is paid now its invoice, once; None for one that cost nothing.

    Its number is taken under a lock that is held until the end of the transaction, so call it as
    one of its last steps: a transaction that fails gives the number back, and none is left out.
    """
    with translation.override(order.language_code):
        totals = totals_of_order(order)
        known = Invoice.objects.filter(order=order).first()
        if known or not totals.total.amount:
            return known
        content = _content(order, totals)
        buyer = address_lines(
            order.billing_address, with_name=True, with_company=True, with_country=True
        )
    return Invoice.objects.create(
        order=order,
        issued_at=timezone.now(),
        language=order.language_code,
        vat_number=content["vat_number"],
        content=content,
        buyer=list(buyer),
        number=_next_number(),
    )


def _next_number() -> int:
    counter, _created = InvoiceCounter.objects.select_for_update().get_or_create(pk=1)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def seller_lines() -> tuple[str, ...]:
    """Return the shop's name, its address where staff gave one, how to reach it, its VAT number."""
    facts, number = shop_facts(), current_settings().number
    named = (facts.company,) if facts.company else ()
    vat = (_("VAT number %(number)s") % {"number": number},) if number else ()
    return (facts.name, *named, *(facts.address or _site_address()), facts.contact_email, *vat)


def computes_vat() -> bool:
    """Say whether the shop is registered for VAT; else none of its pages speaks of any."""
    return current_settings().is_registered


def _site_address() -> tuple[str, ...]:
    """Return the address of the site's own settings, which the catalogue's loader fills in."""
    site = SiteSettings.objects.select_related("company_address").get(site_id=settings.SITE_ID)
    return tuple(address_lines(site.company_address, with_name=True, with_country=True))


def _content(order: Order, totals: Totals) -> dict[str, Any]:
    """Return all that the invoice says but for its buyer, in the active language, as text."""
    rows = list(order.taxes.order_by("pk"))
    lines = list(order.lines.order_by("pk"))
    return {
        "seller": list(seller_lines()),
        "vat_number": current_settings().number,
        "currency": order.currency,
        "placed": order.created.isoformat(),
        "lines": _line_rows(order, lines, {row.line_id: row for row in rows}),
        "delivery": {
            "name": totals.delivery_name,
            "parts": _delivery_rows(rows, totals),
        },
        "rates": [_text(each) for each in _by_rate(rows)],
        "discount": str(totals.discount.amount),
        "total": str(totals.total.amount),
        "tax": str(totals.tax.amount),
        "gift_cards": str(totals.card_total.amount),
        "paid": str(totals.due.amount),
        **({"untaxed": UNTAXED_CARD} if sells_gift_card(order) and computes_vat() else {}),
    }


# Why an invoice has no VAT: the card can be spent on goods of any rate (docs/taxes.md).
UNTAXED_CARD: Final = "gift card"


def _line_rows(
    order: Order, lines: Sequence[OrderLine], rows: dict[int | None, OrderTax]
) -> list[dict[str, Any]]:
    off = line_discounts(order)
    return [
        {
            "name": full_name(line),
            "neutral": _("Article %(number)s") % {"number": place},
            "pieces": line.quantity,
            "each": str(line.unit_price_gross_amount),
            "paid": str(line_price(line) - off.get(line.pk, Discount()).amount),
            **(_tax_of(rows[line.pk]) if line.pk in rows else {}),
        }
        for place, line in enumerate(lines, 1)
    ]


def _delivery_rows(rows: Iterable[OrderTax], totals: Totals) -> list[dict[str, Any]]:
    own = [row for row in rows if row.line_id is None]
    if own:
        return [{"paid": str(row.gross_value), **_tax_of(row)} for row in own]
    off = sum((one.amount.amount for one in totals.discounts if one.on_delivery), _NOTHING)
    price = totals.delivery.amount if totals.delivery else _NOTHING
    return [{"paid": str(max(price - off, _NOTHING))}] if price else []


def _tax_of(row: OrderTax) -> dict[str, Any]:
    return {
        "percent": f"{row.percent.normalize():f}",
        "relief": row.relief,
        "net": str(row.net_value),
        "tax": str(row.tax_value),
    }


@dataclass(frozen=True, slots=True)
class VatTotal:
    """The VAT of one rate; of a period, it is what was invoiced less what was credited."""

    country: str
    percent: Decimal
    currency: str
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Net and tax together."""
        return self.net + self.tax


class RateRow(NamedTuple):
    """One rate of a paper, with its sums."""

    percent: str
    net: Decimal
    tax: Decimal
    gross: Decimal


def invoice_of(order: Order) -> Invoice | None:
    """Return the order's invoice; None before it is paid, and for orders from before invoices."""
    return Invoice.objects.filter(order=order).first()


def rate_rows(content: Mapping[str, Any]) -> tuple[RateRow, ...]:
    """Return the sums by rate that an invoice's content holds."""
    names = ("net", "tax", "gross")
    return tuple(
        RateRow(each["percent"], *(Decimal(each[name]) for name in names))
        for each in content["rates"]
    )


def order_rates(order: Order) -> tuple[RateRow, ...]:
    """Return the VAT of an order by rate; empty where the shop computed none."""
    return rate_rows({"rates": map(_text, _by_rate(order.taxes.order_by("pk")))})


def credited_rates(refund: Refund) -> tuple[RateRow, ...]:
    """Return the VAT of a credit note by rate; empty where its order had none."""
    rows = refund.taxes.values("charged__percent").annotate(
        net=Sum("net_value"), tax=Sum("tax_value"), gross=Sum("gross_value")
    )
    return tuple(
        RateRow(f"{row['charged__percent'].normalize():f}", row["net"], row["tax"], row["gross"])
        for row in rows.order_by("-charged__percent")
    )


def _text(total: VatTotal) -> dict[str, str]:
    return {
        "percent": f"{total.percent.normalize():f}",
        "net": str(total.net),
        "tax": str(total.tax),
        "gross": str(total.gross),
    }


def _by_rate(rows: Iterable[OrderTax]) -> list[VatTotal]:
    found: dict[Decimal, list[OrderTax]] = {}
    for row in rows:
        found.setdefault(row.percent, []).append(row)
    return [
        VatTotal(
            some[0].country,
            percent,
            "",
            sum((row.net_value for row in some), _NOTHING),
            sum((row.tax_value for row in some), _NOTHING),
        )
        for percent, some in sorted(found.items(), reverse=True)
    ]


def vat_totals(first: date, last: date) -> list[VatTotal]:
    """Return the VAT by country, rate and currency of what was invoiced from `first` to `last`.

    Both days count, in the shop's time zone. Credit notes of these days are taken off, so a sum
    can be below zero. Two statements, however many orders there are. Orders from before the shop
    computed VAT have none, and are not in it.
    """
    days = _days(first, last)
    sold = OrderTax.objects.filter(order__tax_invoice__issued_at__range=days)
    back = CreditTax.objects.filter(refund__booked_at__range=days).exclude(
        refund__state=RefundStatus.FAILED
    )
    sums: dict[tuple[str, Decimal, str], list[Decimal]] = {}
    for sign, rows in ((1, _sums(sold, "")), (-1, _sums(back, "charged__"))):
        for *key, net, tax in rows:
            so_far = sums.setdefault((key[0], key[1], key[2]), [_NOTHING, _NOTHING])
            so_far[0] += sign * net
            so_far[1] += sign * tax
    return [VatTotal(*key, net, tax) for key, (net, tax) in sorted(sums.items())]


def _days(first: date, last: date) -> tuple[datetime, datetime]:
    return (
        midnight(first),
        timezone.make_aware(datetime.combine(last, time.max)),
    )


def _sums(rows: Any, charged: str) -> Any:
    names = {
        "in_country": F(f"{charged}country"),
        "at_percent": F(f"{charged}percent"),
        "in_currency": F(f"{charged}order__currency"),
    }
    return (
        rows.order_by()
        .values(**names)
        .annotate(net=Sum("net_value"), tax=Sum("tax_value"))
        .values_list(*names, "net", "tax")
    )


def erase_buyer(order: Order) -> None:
    """Take the person out of an order's invoice; the rest stays, as the books need it."""
    Invoice.objects.filter(~Q(buyer=[]), order=order).update(buyer=[])

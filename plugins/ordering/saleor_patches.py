"""Saleor as orders need it: some of its functions replaced, and its plugins manager.

`saleor.core.analytics.report_order` prepares a report with product names for Google. This
shop reports to nobody.

The text of a voucher without a name is "10.000 % off" or "%5.000 GBP off specific products".

`ProductVariant.get_price` is ours, so that a basket costs what the lists show.

`Order.get_customer_email` prefers the account's address, also for a guest's order that was put into
an account with another address. We write to the address that the customer was shown.

Amounts are rounded to what can be paid (`product_content.money.decimals`), thousandths of a dinar
never.

The plugins manager reads plugin configurations from the database, and makes the plugins, once per
service call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from prices import money as prices_money
from saleor.core import analytics
from saleor.core import taxes as saleor_taxes
from saleor.discount.models import Voucher
from saleor.order.models import Order
from saleor.plugins.manager import PluginsManager
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import ProductVariant

from plugins.ordering.codes import voucher_name
from product_content.money import decimals
from product_content.prices import price_of_variant


def install() -> None:
    """Put ours where Saleor looks for its own."""
    analytics.report_order = _report_nothing
    Voucher.__str__ = voucher_name
    ProductVariant.get_price = price_of_variant
    Order.get_customer_email = order_email
    prices_money.get_currency_precision = saleor_taxes.get_currency_precision = decimals


def order_email(order: Order) -> str:
    """Return the address to which this order's e-mails go; empty once the order is anonymous."""
    return str(order.user_email or (order.user.email if order.user else ""))


def _report_nothing(client_id: str, order: object) -> None:
    """Tell nobody about an order."""


def needs_translations() -> bool:
    """Say whether names are asked for in another language than they are written in."""
    return get_language() != settings.LANGUAGE_CODE


_configurations: ContextVar[dict[str, Any] | None] = ContextVar("configurations", default=None)


@contextmanager
def one_configuration() -> Iterator[None]:
    """Inside, plugin configurations are read once, and each plugin is made once.

    Saleor makes a new manager, and reads every configuration, about ten times per order.
    Outside nothing is kept, so a change by staff counts from the next call on. Inside another
    one it changes nothing.
    """
    if _configurations.get() is not None:
        yield
        return
    token = _configurations.set({})
    try:
        yield
    finally:
        _configurations.reset(token)


def use_configurations(rows: Iterable[PluginConfiguration]) -> None:
    """Have `one_configuration` around the caller take these rows, which were read with others."""
    known = _configurations.get()
    if known is not None:
        known["read"] = {row.identifier: row for row in rows}


class OrderingPluginsManager(PluginsManager):
    """The manager for settings.PLUGINS_MANAGER."""

    plugins: list[Any]

    def __init__(self, plugins: list[str]) -> None:
        """Take the plugins of the manager before, inside `one_configuration`."""
        known = _configurations.get()
        if known is None:
            super().__init__(plugins)
            return
        made = known.setdefault("plugins", {})
        if (names := tuple(plugins)) not in made:
            super().__init__(plugins)
            made[names] = self.plugins
        self.plugins = made[names]

    def _get_all_plugin_configs(self) -> dict[str, Any]:
        known = _configurations.get()
        if known is None:
            return super()._get_all_plugin_configs()
        if "read" not in known:
            known["read"] = super()._get_all_plugin_configs()
        return known["read"]

"""The Saleor plugin: settings as staff save them, prices in the shipping hooks, the Contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from prices import Money, TaxedMoney
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountInfo
from saleor.order.models import Order
from saleor.plugins.base_plugin import BasePlugin
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration

from plugins.discreet_shipping.configuration import (
    ConfigurationProblems,
    ShippingSettings,
    as_items,
    as_values,
    default_fields,
    read_settings,
    structure,
)
from plugins.discreet_shipping.policies import surcharge
from plugins.discreet_shipping.recipient import address_is_printable
from plugins.ordering.outcomes import BasketIncomplete


class DiscreetShippingPlugin(BasePlugin):
    """Adds the price of discreet options to delivery, and stores the Contract with the order."""

    PLUGIN_ID = "stillwater.discreet_shipping"
    PLUGIN_NAME = "Discreet shipping"
    PLUGIN_DESCRIPTION = "How parcels, labels and messages look to others, and what options cost."
    DEFAULT_ACTIVE = True
    DEFAULT_CONFIGURATION = as_items(default_fields())
    CONFIG_STRUCTURE = structure()

    @cached_property
    def rules(self) -> ShippingSettings:
        """The configuration as values; rows that were edited by hand fall back to defaults."""
        return _rules(json.dumps(self.configuration), active=self.active)

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: PluginConfiguration) -> None:
        """Raise Django's ValidationError, per field, for an invalid configuration."""
        try:
            read_settings(as_values(plugin_configuration.configuration), active=True)
        except ConfigurationProblems as wrong:
            raise ValidationError(wrong.problems) from wrong

    def calculate_checkout_shipping(
        self,
        checkout: Checkout,
        lines: Iterable[CheckoutLine],
        discounts: Iterable[DiscountInfo],
        previous_value: TaxedMoney,
    ) -> TaxedMoney:
        """Return the delivery price with the basket's options."""
        from plugins.discreet_shipping.order_contract import choices_of

        if not self.active or checkout.shipping_method is None:
            return previous_value
        added = surcharge(choices_of(checkout), self.rules, checkout.currency)
        if not added.amount or not checkout.is_shipping_required():
            return previous_value
        return previous_value + _taxed(added, checkout.shipping_address)

    def calculate_order_shipping(self, order: Order, previous_value: TaxedMoney) -> TaxedMoney:
        """Return the delivery price with the options as the order's Contract has them."""
        from plugins.discreet_shipping.order_contract import contract_surcharge

        added = contract_surcharge(order)
        if not added.amount:
            return previous_value
        return previous_value + _taxed(added, order.shipping_address)

    def preprocess_order_creation(
        self, checkout: Checkout, discounts: Iterable[DiscountInfo], previous_value: Any
    ) -> Any:
        """Refuse what no longer fits, such as a day that has passed, or cannot be printed."""
        from plugins.discreet_shipping.order_contract import problems_of

        if not checkout.is_shipping_required():
            return previous_value
        if not address_is_printable(checkout.shipping_address):
            raise BasketIncomplete("address")
        if self.active and problems_of(checkout, self.rules):
            raise BasketIncomplete("discretion")
        return previous_value

    def order_created(self, order: Order, previous_value: Any) -> Any:
        """Store the Contract of a new order, in the transaction that creates it."""
        from plugins.discreet_shipping.order_contract import store_contract

        store_contract(order=order, rules=self.rules)
        return previous_value


@lru_cache(maxsize=4)
def _rules(stored: str, *, active: bool) -> ShippingSettings:
    """Return the settings of a stored configuration, read once: another text is another key."""
    try:
        return read_settings(as_values(json.loads(stored)), active=active)
    except ConfigurationProblems:
        return read_settings({}, active=active)


def _taxed(price: Money, address: Any) -> TaxedMoney:
    """Return the price with the tax that delivery to the address has."""
    return get_plugins_manager().apply_taxes_to_shipping(price, address)


def current_settings() -> ShippingSettings:
    """Return the settings in force; without the plugin, nothing is on offer."""
    for plugin in get_plugins_manager().plugins:
        if isinstance(plugin, DiscreetShippingPlugin):
            return plugin.rules
    return read_settings({}, active=False)


def settings_row() -> PluginConfiguration:
    """Return Saleor's row of the settings; created with the defaults when staff first open them."""
    plugin = DiscreetShippingPlugin
    return PluginConfiguration.objects.get_or_create(
        identifier=plugin.PLUGIN_ID,
        defaults={
            "name": plugin.PLUGIN_NAME,
            "description": plugin.PLUGIN_DESCRIPTION,
            "configuration": as_items(default_fields()),
        },
    )[0]


@transaction.atomic
def save_settings(*, values: Mapping[str, str], active: bool) -> None:
    """Store the configuration as Saleor does; raise Django's ValidationError, per field."""
    row = settings_row()
    row.configuration = as_items({**default_fields(), **values})
    DiscreetShippingPlugin.save_plugin_configuration(row, {"configuration": [], "active": active})

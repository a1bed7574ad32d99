"""The Saleor plugin: the tax in the prices of baskets, orders, products and delivery."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django_countries.fields import Country
from prices import Money, TaxedMoney
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.core.taxes import TaxType
from saleor.discount import DiscountInfo
from saleor.order.models import Order, OrderLine
from saleor.plugins.base_plugin import BasePlugin
from saleor.plugins.manager import get_plugins_manager
from saleor.product.models import Product

from plugins.taxes import rates, relief
from plugins.taxes.calculation import Goods, TaxRules, delivery_price, tax_in, tax_parts
from plugins.taxes.models import TaxClass
from plugins.taxes.rates import VatSettings, goods_of, rules_for
from product_content.money import smallest_unit

_MEMO = "_tax_rules"  # on a checkout: the rules of the country it goes to


class TaxesPlugin(BasePlugin):
    """Answers Saleor's tax hooks. It stands last, so that it sees all that others add."""

    PLUGIN_ID = rates.PLUGIN_ID
    PLUGIN_NAME = "VAT"
    PLUGIN_DESCRIPTION = "Which rates hold where, and what of a price is tax."
    DEFAULT_ACTIVE = True
    DEFAULT_CONFIGURATION = rates.as_items(VatSettings())

    @cached_property
    def found(self) -> VatSettings:
        """What the owner has set."""
        return rates.read_settings(self.configuration)

    def calculate_checkout_line_total(
        self,
        checkout_line: CheckoutLine,
        discounts: Iterable[DiscountInfo],
        previous_value: TaxedMoney,
    ) -> TaxedMoney:
        """Return what a line costs where the basket goes, before codes, and the tax in it."""
        rules = self.rules_of(checkout_line.checkout)
        if rules is None or not checkout_line.quantity:
            return previous_value
        goods = goods_of(checkout_line.variant.product)
        each = (previous_value.gross / checkout_line.quantity).quantize()
        unit = smallest_unit(each.currency)
        gross = rules.price(each.amount, goods, unit) * checkout_line.quantity
        return _taxed(gross, tax_in(gross, rules.percent(goods), unit), each.currency)

    def calculate_checkout_shipping(
        self,
        checkout: Checkout,
        lines: Iterable[CheckoutLine],
        discounts: Iterable[DiscountInfo],
        previous_value: TaxedMoney,
    ) -> TaxedMoney:
        """Return what the delivery costs where the basket goes; it takes the goods' rates."""
        rules = self.rules_of(checkout)
        if rules is None or not previous_value.gross.amount:
            return previous_value
        prices = [(goods_of(ln.variant.product), _price(ln, discounts)) for ln in lines]
        return _delivery(rules, previous_value.gross, prices)

    def calculate_order_line_unit(
        self, order_line: OrderLine, previous_value: TaxedMoney
    ) -> TaxedMoney:
        """Return the price of one piece of an order that staff write, with the tax in it."""
        rules = self.rules_for(_country(order_line.order))
        if rules is None:
            return previous_value
        product = order_line.variant.product if order_line.variant else None
        gross = previous_value.gross
        tax = tax_in(gross.amount, rules.percent(goods_of(product)), smallest_unit(gross.currency))
        return _taxed(gross.amount, tax, gross.currency)

    def calculate_order_shipping(self, order: Order, previous_value: TaxedMoney) -> TaxedMoney:
        """Return the delivery price of an order with the tax in it, by its goods' rates."""
        rules = self.rules_for(_country(order))
        if rules is None or not previous_value.gross.amount:
            return previous_value
        lines = order.lines.select_related("variant__product__tax_facts")
        prices = [
            (goods_of(line.variant.product if line.variant else None),
             Decimal(line.unit_price_gross_amount * line.quantity))
            for line in lines
        ]  # fmt: skip
        return _delivery(rules, previous_value.gross, prices)

    def apply_taxes_to_product(
        self, product: Product, price: Money, country: Country, previous_value: TaxedMoney
    ) -> TaxedMoney:
        """Return a product's price for a country, with the tax in it."""
        rules = self.rules_for(country.code)
        if rules is None:
            return previous_value
        goods, unit = goods_of(product), smallest_unit(price.currency)
        gross = rules.price(price.amount, goods, unit)
        return _taxed(gross, tax_in(gross, rules.percent(goods), unit), price.currency)

    def order_created(self, order: Order, previous_value: Any) -> Any:
        """Keep with a new order what its customer declared for VAT relief."""
        if self.found.offers_relief:
            relief.keep_with_order(order)
        return previous_value

    def get_tax_rate_percentage_value(
        self, obj: Any, country: Country, previous_value: Decimal
    ) -> Decimal:
        """Return how many per cent a product is taxed in a country."""
        rules = self.rules_for(country.code)
        known = isinstance(obj, Product)
        return rules.percent(goods_of(obj) if known else Goods()) if rules else previous_value

    def get_tax_rate_type_choices(self, previous_value: list[TaxType]) -> list[TaxType]:
        """Return the tax classes."""
        return [*previous_value, *(TaxType(one.code, one.name) for one in TaxClass.objects.all())]

    def show_taxes_on_storefront(self, previous_value: bool) -> bool:
        """Say whether prices have tax in them that can be named."""
        return self.found.is_registered

    def rules_of(self, checkout: Checkout) -> TaxRules | None:
        """Return the rules of a basket, read once for where it goes."""
        if not self.found.is_registered:
            return None
        known, country = vars(checkout).setdefault(_MEMO, {}), _country(checkout)
        if country not in known:
            declared = self.found.offers_relief and relief.has_declared(checkout)
            known[country] = rules_for(self.found, country, relief=declared)
        return known[country]

    def rules_for(self, country: str) -> TaxRules | None:
        """Return the rules for a country."""
        return rules_for(self.found, country)


def _country(where: Checkout | Order) -> str:
    """Return where it goes; the shop's country while nobody has said."""
    address = where.shipping_address or where.billing_address
    known = str(address.country.code or "") if address else ""
    return known or str(where.country.code if isinstance(where, Checkout) else "")


def _price(line: CheckoutLine, discounts: Iterable[DiscountInfo]) -> Decimal:
    return Decimal(line.variant.get_price(discounts or []).amount * line.quantity)


def _delivery(rules: TaxRules, full: Money, lines: list[tuple[Goods, Decimal]]) -> TaxedMoney:
    unit = smallest_unit(full.currency)
    gross = delivery_price(rules, full.amount, lines, unit)
    parts = tax_parts(rules, lines, gross, unit)
    tax = sum((part.tax for part in parts if part.line is None), Decimal(0))
    return _taxed(gross, tax, full.currency)


def _taxed(gross: Decimal, tax: Decimal, currency: str) -> TaxedMoney:
    return TaxedMoney(net=Money(gross - tax, currency), gross=Money(gross, currency)).quantize()


def tax_rules_of(checkout: Checkout) -> TaxRules | None:
    """Return the tax rules of a basket; None where the shop computes no VAT."""
    plugin = _plugin()
    return plugin.rules_of(checkout) if plugin else None


def tax_rules_for(country: str) -> TaxRules | None:
    """Return the tax rules of a country today; None where the shop computes no VAT."""
    plugin = _plugin()
    return plugin.rules_for(country) if plugin else None


def relief_of(checkout: Checkout) -> str:
    """Return "declared", "offered" or "" for the VAT relief of a basket; no query where it is off.

    Its lines are read with their products and these with their `tax_facts`.
    """
    found, country = current_settings(), _country(checkout)
    goods = [goods_of(line.variant.product) for line in checkout.lines.all()]
    if not relief.is_offered(found, country, goods):
        return ""
    return "declared" if relief.has_declared(checkout) else "offered"


def current_settings() -> VatSettings:
    """Return the settings in force."""
    plugin = _plugin()
    return plugin.found if plugin else VatSettings()


def _plugin() -> TaxesPlugin | None:
    plugins = get_plugins_manager().plugins
    return next((one for one in plugins if isinstance(one, TaxesPlugin)), None)

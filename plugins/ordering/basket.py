"""What is in a basket: its lines with their products, its sales, its gift cards, its delivery."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext
from prices import Money
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_discounts
from saleor.giftcard.models import GiftCard
from saleor.plugins.models import PluginConfiguration
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone

from plugins.ordering.holds import Holds
from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.models import OrderLimits
from plugins.ordering.policies import price_fits, weight_fits
from plugins.ordering.saleor_patches import needs_translations
from product_content.decisions import Decision, refused
from product_content.parsing import normal_email
from product_content.selectors.variants import zone_codes
from product_content.shop_settings import Pause, pause_in


@dataclass(frozen=True)
class Basket:
    """A checkout, its lines with their products, its sales and its gift cards by code.

    `holds` is what the basket's own unpaid order holds.
    """

    checkout: Checkout
    lines: list[CheckoutLine]
    discounts: list[DiscountInfo]
    cards: list[GiftCard]
    holds: Holds

    @property
    def pieces(self) -> int:
        """How many pieces all its lines hold."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True)
class Around:
    """What stands around a locked checkout, read by one statement after its lock.

    `order_id` is the order that was made from it, `card_ids` are its gift cards by code, `limits`
    and `configurations` what staff have set, `has_sales` says whether any sale runs. A `pause` can
    neither begin nor end before the caller's transaction does.
    """

    order_id: int | None
    card_ids: list[int]
    has_sales: bool
    limits: OrderLimits
    configurations: list[PluginConfiguration]
    pause: Pause | None


# The last is locked: a change of the shop's settings waits until this transaction ends, so once a
# pause is saved, no order is made. Many orders hold that lock at once.
_AROUND = """
SELECT (SELECT min(id) FROM order_order WHERE checkout_token = %(token)s),
    ARRAY(SELECT card.id FROM checkout_checkout_gift_cards link
        JOIN giftcard_giftcard card ON card.id = link.giftcard_id
        WHERE link.checkout_id = %(token)s::uuid ORDER BY card.code),
    EXISTS(SELECT FROM discount_sale
        WHERE start_date <= %(now)s AND (end_date IS NULL OR end_date >= %(now)s)),
    (SELECT to_json(limits.*) FROM ordering_orderlimits limits LIMIT 1),
    (SELECT json_agg(plugin.*) FROM plugins_pluginconfiguration plugin),
    (SELECT to_json(shop.*) FROM product_content_shopsettings shop WHERE id = 1 FOR SHARE)
"""


def read_around(checkout: Checkout) -> Around:
    """Read what stands around a checkout that the caller has locked; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"token": str(checkout.pk), "now": timezone.now()})
        order_id, card_ids, has_sales, limits, configurations, shop = cursor.fetchone()
    return Around(
        order_id,
        card_ids,
        has_sales,
        OrderLimits(**(limits or {})),
        [PluginConfiguration(**row) for row in configurations or ()],
        pause_in(shop or {}),
    )


def read_locked_basket(checkout: Checkout, around: Around, holds: Holds) -> Basket:
    """Read the lines of a locked checkout and lock its gift cards."""
    discounts = fetch_discounts(timezone.now()) if around.has_sales else []
    cards = _lock_cards(around.card_ids)
    prefetch_related_objects([checkout], Prefetch("lines", queryset=lines_with_products()))
    _read_collections(checkout, discounts)
    checkout.email = normal_email(checkout.email)
    return Basket(checkout, list(checkout.lines.all()), discounts, cards, holds)


def read_basket(checkout: Checkout, holds: Holds) -> Basket:
    """Read a checkout to be looked at; nothing is locked."""
    discounts = fetch_discounts(timezone.now())
    _read_collections(checkout, discounts)
    cards = list(checkout.gift_cards.all())
    return Basket(checkout, list(checkout.lines.all()), discounts, cards, holds)


def _lock_cards(ids: list[int]) -> list[GiftCard]:
    if not ids:
        return []
    return sorted(lock_gift_cards(pk__in=ids), key=lambda card: ids.index(card.pk))


def lines_with_products() -> QuerySet[CheckoutLine]:
    """Return a query of basket lines with all that their prices and names need; one statement."""
    lines = CheckoutLine.objects.select_related(
        "variant__product__product_type",
        "variant__product__safety_card",
        "variant__product__tax_facts",
        "variant__product__category",
    )
    if needs_translations():
        lines = lines.prefetch_related("variant__translations", "variant__product__translations")
    return lines


def _read_collections(checkout: Checkout, discounts: list[DiscountInfo]) -> None:
    """Read the collections of the goods along: a sale may be for one; without sales nobody asks."""
    if discounts:
        prefetch_related_objects([checkout], "lines__variant__product__collections")


def delivery_applies(checkout: Checkout, subtotal: Money) -> Decision:
    """Say whether the basket's method serves its address, price and weight.

    The reason is a sentence for the customer. Saleor's own query is not used: it drops weight
    methods that have no minimum.
    """
    method = checkout.shipping_method
    if method.currency != subtotal.currency:
        return refused(gettext("It is not offered at the moment."))
    if not _serves(method.shipping_zone, checkout.shipping_address.country.code):
        return refused(gettext("It does not go to your country."))
    if method.type == ShippingMethodType.PRICE_BASED:
        return price_fits(subtotal, method.minimum_order_price, method.maximum_order_price)
    return _weight_fits(method, checkout)


def _serves(zone: ShippingZone, country: str) -> bool:
    if not zone.default:
        return country in zone_codes(zone)
    # The default zone serves the rest of the world: countries that no other zone names.
    others = ShippingZone.objects.filter(default=False, countries__contains=country)
    return not others.filter(shipping_methods__isnull=False).exists()


def _weight_fits(method: ShippingMethod, checkout: Checkout) -> Decision:
    minimum, maximum = method.minimum_order_weight, method.maximum_order_weight
    return weight_fits(
        checkout.get_total_weight().g,
        None if minimum is None else minimum.g,
        None if maximum is None else maximum.g,
    )

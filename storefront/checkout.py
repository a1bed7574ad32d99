"""The steps of a checkout: where to send the order, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.discount.utils import fetch_active_discounts
from saleor.plugins.manager import get_plugins_manager
from saleor.product.models import ProductVariant
from saleor.shipping.models import ShippingMethod

from plugins.discreet_shipping.arrival import Arrival
from plugins.discreet_shipping.order_contract import arrivals_of_basket
from plugins.discreet_shipping.plugin import current_settings
from plugins.ordering.basket import delivery_applies, read_basket
from plugins.ordering.holds import holds_of_basket
from plugins.ordering.locks import locked_checkout
from plugins.ordering.pricing import Picture, ShownLine, price_deliveries
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.stock_allocation import display_name
from plugins.ordering.totals import Totals
from plugins.taxes import relief
from plugins.taxes.relief import Declaration
from product_content.languages import translated_text
from product_content.money import format_money, zero
from product_content.selectors.variants import sending_methods
from storefront.baskets import find_checkout
from storefront.types import Basket, DeliveryMethod, Step
from storefront.wording import LineGone


def list_delivery_methods(token: UUID | None) -> list[DeliveryMethod]:
    """Return what is on offer for the basket's address, cheapest first; empty when nothing is.

    Uses the same rule as `place_order`, so that nothing offered is refused later, and the price
    with the chosen options, as every page has it.
    """
    checkout = find_checkout(token)
    if checkout is None or checkout.shipping_address is None:
        return []
    basket = read_basket(checkout, holds_of_basket(checkout.pk))
    with one_configuration():
        offered = price_deliveries(basket, _candidates())
    days = arrivals_of_basket(checkout, current_settings(), [method.pk for method, _ in offered])
    methods = [_method(method, totals, days[method.pk]) for method, totals in offered]
    return sorted(methods, key=lambda one: one.price.amount)


def _method(method: ShippingMethod, totals: Totals, arrival: Arrival | None) -> DeliveryMethod:
    price = totals.delivery or zero(totals.currency)
    return DeliveryMethod(method.pk, translated_text(method.name), price, totals.due, arrival)


def missing_step(basket: Basket) -> Step | None:
    """Return the first step of the checkout that is not done, or done for another basket."""
    if basket.address is None or not basket.email:
        return "address"
    return "delivery" if basket.delivery is None else None


def applicable_methods(checkout: Checkout) -> list[ShippingMethod]:
    """Return the methods that may be chosen for a checkout with an address."""
    chosen, subtotal = checkout.shipping_method, _subtotal(checkout)
    try:
        return [m for m in _candidates() if _applies(checkout, m, subtotal)]
    finally:
        checkout.shipping_method = chosen


def _candidates() -> list[ShippingMethod]:
    return list(sending_methods().order_by("price_amount", "pk"))


def _applies(checkout: Checkout, method: ShippingMethod, subtotal: Money) -> bool:
    checkout.shipping_method = method  # not saved: the rule looks at the checkout's own method
    return delivery_applies(checkout, subtotal).allowed


def _subtotal(checkout: Checkout) -> Money:
    manager, lines = get_plugins_manager(), list(checkout.lines.all())
    return manager.calculate_checkout_subtotal(checkout, lines, fetch_active_discounts()).gross


@transaction.atomic
def set_address(*, token: UUID | None, email: str, address: Mapping[str, str]) -> None:
    """Keep where to send the order and how to reach the customer.

    `address` has the fields of Saleor's Address; it serves as billing address too. A delivery
    or a code that does not fit any more stays in the basket and is said to be left out. Raises
    LineGone without a basket.
    """
    checkout = checkout_for_change(token)
    checkout.email = email
    checkout.country = address["country"]
    checkout.shipping_address = _write_address(checkout.shipping_address_id, address)
    checkout.billing_address = _write_address(checkout.billing_address_id, address)
    checkout.save()


@transaction.atomic
def declare_relief(*, token: UUID | None, declaration: Declaration | None) -> None:
    """Keep what a customer declares for VAT relief; None withdraws it. Raises LineGone."""
    checkout = checkout_for_change(token)
    if declaration is None:
        relief.withdraw(checkout)
    else:
        relief.declare(checkout, declaration)


@transaction.atomic
def set_delivery(*, token: UUID | None, method_id: int) -> bool:
    """Choose one of the methods on offer; returns whether it was on offer."""
    checkout = checkout_for_change(token)
    offered = {method.pk: method for method in applicable_methods(checkout)}
    if method_id not in offered:
        return False
    checkout.shipping_method = offered[method_id]
    checkout.save(update_fields=["shipping_method", "last_change"])
    return True


def checkout_for_change(token: UUID | None) -> Checkout:
    """Lock the guest's basket and return it with what its prices need; raise LineGone without."""
    checkout = find_checkout(token) if locked_checkout(token) else None
    if checkout is None:
        raise LineGone
    return checkout


def _write_address(address_id: int | None, fields: Mapping[str, str]) -> Address:
    """Update the checkout's address, or create one, so that no unused row stays."""
    address, _ = Address.objects.update_or_create(pk=address_id, defaults=dict(fields))
    return address


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, with its old and its new figure; both empty where there is none."""

    what: str
    before: str = ""
    after: str = ""


def changes_since(
    shown: Picture | None, basket: Basket, cheapest: DeliveryMethod | None = None
) -> tuple[Change, ...]:
    """Return what differs from the picture that was shown; nothing without one.

    `cheapest` is what delivery and total begin at, for a basket whose delivery fell away.
    """
    now = basket.picture
    if shown is None or shown == now:
        return ()
    rows = [
        *_lines(shown, now),
        *_delivery(shown, now, basket.totals.delivery_name, cheapest),
        *_codes(shown, now),
        *_cards(shown, now),
        *_others(shown, now),
        _total(shown, now, cheapest),
    ]
    return tuple(row for row in rows if row.before != row.after or not row.before)


def _lines(shown: Picture, now: Picture) -> Iterator[Change]:
    before = {line.variant_id: line for line in shown.lines}
    after = {line.variant_id: line for line in now.lines}
    differing = [pk for pk in before | after if before.get(pk) != after.get(pk)]
    names = _names(differing)
    for pk in differing:
        yield Change(
            names.get(pk, gettext("An item")),
            _line_words(before.get(pk), shown.currency),
            _line_words(after.get(pk), now.currency),
        )


def _names(variant_ids: Iterable[int]) -> dict[int, str]:
    variants = ProductVariant.objects.select_related("product").filter(pk__in=list(variant_ids))
    return {variant.pk: display_name(variant) for variant in variants}


def _line_words(line: ShownLine | None, currency: str) -> str:
    if line is None:
        return gettext("not in the basket")
    return f"{line.quantity} × {_money(line.unit_price, currency)}"


def _delivery(
    shown: Picture, now: Picture, name: str, cheapest: DeliveryMethod | None
) -> Iterator[Change]:
    if shown.delivery == now.delivery:
        return
    none = gettext("not chosen")
    before = _price_words(shown.delivery.price, shown.currency) if shown.delivery else none
    after = none
    if now.delivery:
        price = _price_words(now.delivery.price, now.currency)
        after = f"{price} ({name})" if name else price
    elif cheapest:
        after = _from(cheapest.price)
    yield Change(gettext("Delivery"), before, after)


def _from(amount: Money) -> str:
    return gettext("from %(amount)s") % {"amount": format_money(amount)}


def _price_words(price: str, currency: str) -> str:
    return _money(price, currency) if Decimal(price) else gettext("Free")


def _codes(shown: Picture, now: Picture) -> Iterator[Change]:
    before = {one.code: one.amount for one in shown.codes}
    after = {one.code: one.amount for one in now.codes}
    for code in before | after:
        what = gettext("Code %(code)s") % {"code": code}
        yield _taken_off(what, before.get(code), after.get(code), now.currency)


def _cards(shown: Picture, now: Picture) -> Iterator[Change]:
    ends = {card.card_id: card.code_end for card in (*shown.cards, *now.cards)}
    before = {card.card_id: card.amount for card in shown.cards}
    after = {card.card_id: card.amount for card in now.cards}
    for card, end in ends.items():
        what = gettext("Gift card …%(end)s") % {"end": end}
        yield _taken_off(what, before.get(card), after.get(card), now.currency)


def _taken_off(what: str, before: str | None, after: str | None, currency: str) -> Change:
    return Change(what, _off_words(before, currency), _off_words(after, currency))


def _off_words(amount: str | None, currency: str) -> str:
    return _money(f"-{amount}", currency) if amount else gettext("nothing off")


def _others(shown: Picture, now: Picture) -> Iterator[Change]:
    if shown.others != now.others:
        yield Change(gettext("Your address, your e-mail address or what you chose for the parcel"))


def _total(shown: Picture, now: Picture, cheapest: DeliveryMethod | None) -> Change:
    after = _money(now.due, now.currency)
    if now.delivery is None and cheapest is not None:
        after = _from(cheapest.due)
    return Change(gettext("Total"), _money(shown.due, shown.currency), after)


def _money(amount: str, currency: str) -> str:
    return format_money(Money(Decimal(amount), currency))

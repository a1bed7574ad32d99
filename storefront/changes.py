"""What has changed between what a customer was shown and what their basket is now, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext
from prices import Money
from saleor.product.models import ProductVariant

from plugins.ordering.shown import Picture, ShownLine
from plugins.ordering.stock_allocation import display_name
from product_content.money import format_money
from storefront.types import Basket, DeliveryMethod


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

"""Stock, sizes, shortages and delivery in plain words, and why a basket could not be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from product_content.money import format_money
from product_content.pages import DeliveryOffer, DeliveryZone
from product_content.types import SizeInfo

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LOW_STOCK = 5  # pieces; up to this many the page shows the exact number


def stock(available: int) -> str:
    """Return the number of pieces left in words."""
    if available <= 0:
        return _("Sold out")
    if available <= MAX_LOW_STOCK:
        return _("Only %(number)s left") % {"number": available}
    return _("%(number)s in stock") % {"number": available}


def size_range(sizes: tuple[SizeInfo, ...]) -> str:
    """Return sizes in words; names each where there are gaps in between."""
    if not sizes:
        return ""
    first, last = sizes[0], sizes[-1]
    if len(sizes) == 1:
        return _("Size %(number)s, %(width)s mm") % {
            "number": first.number,
            "width": first.diameter_mm,
        }
    numbers = [size.number for size in sizes]
    named = get_text_list([str(number) for number in numbers], _("and"))
    if len(numbers) > 2 and numbers == list(range(first.number, last.number + 1)):  # noqa: PLR2004
        named = _("%(first)s to %(last)s") % {"first": first.number, "last": last.number}
    widths = {"first": first.diameter_mm, "last": last.diameter_mm}
    return _("Sizes %(sizes)s, %(first)s to %(last)s mm") % {"sizes": named, **widths}


def working_days(offer: DeliveryOffer) -> str:
    """Return how many working days a way of delivery takes, "" where it says none."""
    if offer.days is None:
        return ""
    first, last = offer.days
    if first == last:
        return ngettext("%(n)d working day", "%(n)d working days", last) % {"n": last}
    return _("%(first)d to %(last)d working days") % {"first": first, "last": last}


def for_orders(offer: DeliveryOffer) -> str:
    """Return for which sums of goods a way of delivery can be had."""
    least, most = offer.from_total, offer.to_total
    words = {"least": format_money(least), "most": format_money(most) if most else ""}
    if least.amount and most:
        return _("of %(least)s to %(most)s") % words
    if least.amount:
        return _("from %(least)s on") % words
    return _("up to %(most)s") % words if most else _("of any sum")


def delivery_line(zone: DeliveryZone) -> str:
    """Return, in one line, what delivery to the shop's own country costs and how long it takes."""
    words = {"country": countries.name(settings.DEFAULT_COUNTRY)}
    offer, free = zone.cheapest_paid, zone.free_from
    parts = []
    if offer:
        words |= {"price": format_money(offer.price), "days": working_days(offer)}
        days = _("Delivery to %(country)s from %(price)s, %(days)s.")
        parts.append((days if offer.days else _("Delivery to %(country)s from %(price)s.")) % words)
    if free is not None and free.amount:
        parts.append(_("Free from %(sum)s on.") % {"sum": format_money(free)})
    elif free is not None:
        parts.append(_("Delivery to %(country)s is free.") % words)
    return " ".join(parts)


def shortage(*, wanted: int, available: int) -> str:
    """Say how much is left when someone wants more; quantities are in pieces."""
    if available <= 0:
        return _("sold out, sorry.")
    return _("only %(left)s left, and you asked for %(wanted)s.") % {
        "left": available,
        "wanted": wanted,
    }


class BasketRefused(Exception):  # noqa: N818  it is an answer, not a defect
    """Base of every refusal. The basket is unchanged; `message` is for the customer."""

    message: StrOrPromise = gettext_lazy("That did not work. Your basket is unchanged.")

    def __str__(self) -> str:
        return str(self.message)


class NotForSale(BasketRefused):
    """The variant is not there, or not on sale; `reason` may say why."""

    message: StrOrPromise = gettext_lazy("We do not sell this at the moment.")

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        if reason:
            self.message = reason


class LineGone(BasketRefused):
    """The line is not in this basket (any more)."""

    message = gettext_lazy("This is no longer in your basket.")


class TooMany(BasketRefused):
    """More of one thing than one order may hold."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.message = gettext_lazy("One order can hold at most %(number)s of one thing.") % {
            "number": limit
        }


class ShortOfStock(BasketRefused):
    """Less is left than was asked for. Quantities are in pieces."""

    def __init__(self, *, name: str, wanted: int, available: int) -> None:
        super().__init__(name, wanted, available)
        self.name, self.wanted, self.available = name, wanted, available
        self.message = f"{name}: {shortage(wanted=wanted, available=available)}"


class CodeRefused(BasketRefused):
    """A voucher or gift-card code that cannot be used, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.message = reason


class CodeUnknown(CodeRefused):
    """No voucher or gift card has this code: only such tries are counted."""


class LinkNotSent(Exception):  # noqa: N818  it is an answer, not a defect
    """Nothing could be sent just now; the same whether there is an account or an order."""


class AskedTooOften(Exception):  # noqa: N818  it is an answer, not a defect
    """The same was asked for a short while ago."""


class AddressBookFull(Exception):  # noqa: N818  it is an answer, not a defect
    """The account holds as many addresses as it may."""

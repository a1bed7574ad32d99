"""Rules of delivery options and choices, and of changing them or the address later. Pure.

What an option costs is computed here from staff's settings, never taken from a browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from prices import Money

from plugins.discreet_shipping.choices import OPTIONS, Choices
from plugins.discreet_shipping.configuration import ShippingSettings
from product_content.decisions import ALLOWED, Decision, Refused, refused
from product_content.languages import written_day
from product_content.money import zero


@dataclass(frozen=True)
class Point:
    """A collection point as policies, labels and its customer see it.

    `hours` is text; a parcel can be collected until `kept_days` after its arrival, 0: not known.
    """

    code: str
    carrier: str
    kind: str
    name: str
    lines: tuple[str, ...]
    country: str
    hours: str = ""
    kept_days: int = 0


@dataclass(frozen=True)
class DeliveryContext:
    """A basket with its choices: where it goes (country, method id), the point, and when it is."""

    choices: Choices
    rules: ShippingSettings
    country: str
    method: int | None
    point: Point | None
    first_name: str
    now: datetime


def is_offered(
    rules: ShippingSettings, option: str, *, country: str, method: int | None
) -> Decision:
    """Say whether `option` can be had with delivery to `country` by `method`."""
    rule, name = rules.options[option], OPTIONS[option]
    if not rules.active or rule.price is None:
        return refused(_("“%(name)s” is not offered at the moment.") % {"name": name})
    if rule.countries and country not in rule.countries:
        return refused(
            _("“%(name)s” is not offered in the country of your address.") % {"name": name}
        )
    if rule.methods and method not in rule.methods:
        return refused(
            _("“%(name)s” is not offered with this way of delivery. Choose another one.")
            % {"name": name}
        )
    return ALLOWED


def used_options(choices: Choices, rules: ShippingSettings) -> tuple[str, ...]:
    """Return the options that the choices use, each once, in the order of `OPTIONS`."""
    used = {
        "sender": choices.sender not in {"", rules.senders[0] if rules.senders else ""},
        "label_name": choices.label_name != "own",
        "collection": bool(choices.point),
        "signature": choices.handover == "signature",
        "named": choices.handover == "named",
        "safe_place": bool(choices.safe_place),
        "no_neighbour": choices.no_neighbour,
        "day": choices.day != "any",
        "slip": choices.slip != "none",
        "messages": _changes_messages(choices),
        "return_label": choices.return_label,
    }
    return tuple(option for option in OPTIONS if used[option])


def _changes_messages(choices: Choices) -> bool:
    usual = (choices.messages, choices.receipt) == ("neutral", "email")
    return not usual or bool(choices.message_email or choices.code_word)


def option_prices(
    choices: Choices, rules: ShippingSettings, currency: str
) -> tuple[tuple[str, Money], ...]:
    """Return each used option with its price; the free ones too."""
    priced = ((option, rules.options[option].price) for option in used_options(choices, rules))
    return tuple((option, Money(price, currency)) for option, price in priced if price is not None)


def surcharge(choices: Choices, rules: ShippingSettings, currency: str) -> Money:
    """Return what all used options add to the delivery price, with tax."""
    prices = (price for _option, price in option_prices(choices, rules, currency))
    return sum(prices, zero(currency))


def sender_fits(context: DeliveryContext) -> Decision:
    """Say whether the sender is one of the shop's names."""
    if context.choices.sender and context.choices.sender not in context.rules.senders:
        return refused(_("Please choose one of our sender names."))
    return ALLOWED


def label_name_fits(context: DeliveryContext) -> Decision:
    """Say whether there are initials to be made."""
    if context.choices.label_name == "initials" and not context.first_name.strip():
        return refused(_("There is no first name to shorten. Choose another name instead."))
    return ALLOWED


def point_fits(context: DeliveryContext) -> Decision:
    """Say whether the chosen collection point can be used."""
    if not context.choices.point:
        return ALLOWED
    if context.point is None or context.point.code != context.choices.point:
        return refused(_("We do not know this collection point (any more). Please choose another."))
    if context.point.country != context.country:
        return refused(_("This collection point is in another country than your address."))
    return ALLOWED


def locker_fits(context: DeliveryContext) -> Decision:
    """Say whether nobody has to sign at a locker."""
    at_locker = context.point is not None and context.point.kind == "locker"
    if at_locker and context.choices.handover in {"signature", "named"}:
        return refused(
            _(
                "A locker cannot take a signature: it opens with your own code. Choose a shop or "
                "post office, or no signature."
            )
        )
    return ALLOWED


def handover_fits(context: DeliveryContext) -> Decision:
    """Say whether handing over, safe place, neighbour and collection fit each other."""
    choices = context.choices
    if choices.point and choices.safe_place:
        return refused(
            _(
                "At a collection point nothing is left outside. Choose home for a safe place, or "
                "keep the collection point."
            )
        )
    if choices.point and choices.no_neighbour:
        return refused(
            _(
                "A collection point keeps the parcel itself, so no neighbour is asked. Take one of "
                "the two out."
            )
        )
    return ALLOWED


def safe_place_fits(context: DeliveryContext) -> Decision:
    """Say whether a safe place goes with what was asked of the handing over."""
    if context.choices.safe_place and context.choices.handover in {"signature", "named"}:
        return refused(
            _(
                "Someone must be there to sign or to show who they are, so the parcel cannot be "
                "left at a safe place too."
            )
        )
    return ALLOWED


def named_person_fits(context: DeliveryContext) -> Decision:
    """Say whether a person can show that the name on the label is theirs."""
    if context.choices.handover == "named" and context.choices.label_name == "other":
        return refused(
            _(
                "For “named person only” the carrier compares the label with an identity card, so "
                "the label needs your own name or its initials."
            )
        )
    return ALLOWED


def day_fits(context: DeliveryContext) -> Decision:
    """Say whether the date lies ahead and not too far, and the weekdays are delivered on."""
    choices, rules = context.choices, context.rules
    if choices.day == "not_before":
        wanted = date.fromisoformat(choices.not_before)
        last = context.now.date() + timedelta(days=rules.max_days)
        if wanted <= context.now.date():
            return refused(_("This day has passed. Please choose a day from tomorrow on."))
        if wanted > last:
            day = written_day(last)
            return refused(_("Please choose a day up to %(day)s.") % {"day": day})
    if choices.day == "weekdays" and not set(choices.weekdays) <= set(rules.weekdays):
        return refused(_("Nothing is delivered on one of these weekdays."))
    return ALLOWED


def selectable_days(rules: ShippingSettings, today: date) -> tuple[date, date]:
    """Return the first and the last date that may be asked for."""
    return today + timedelta(days=1), today + timedelta(days=rules.max_days)


# The field beside which a reason is shown. The first reason of a field counts.
_RULES: tuple[tuple[str, Callable[[DeliveryContext], Decision]], ...] = (
    ("sender", sender_fits),
    ("label_name", label_name_fits),
    ("label_name", named_person_fits),
    ("point", point_fits),
    ("point", locker_fits),
    ("handover", handover_fits),
    ("safe_place", safe_place_fits),
    ("not_before", day_fits),
)
_FIELD_OF_OPTION = {
    "collection": "point", "signature": "handover", "named": "handover",
}  # fmt: skip


def check_choices(context: DeliveryContext) -> dict[str, str]:
    """Return what is wrong, by field; empty when all is well."""
    problems: dict[str, str] = {}
    for option in used_options(context.choices, context.rules):
        allowed, reason = is_offered(
            context.rules, option, country=context.country, method=context.method
        )
        if not allowed:
            problems.setdefault(_FIELD_OF_OPTION.get(option, option), reason)
    for field, rule in _RULES:
        allowed, reason = rule(context)
        if not allowed:
            problems.setdefault(field, reason)
    return problems


def may_change(*, paid: bool, cancelled: bool, sent: bool, packing: bool) -> Decision:
    """Say whether an order is at a point where its parcel can still be changed."""
    if cancelled:
        return refused(_("This order is no longer held."))
    if sent:
        return refused(_("Your parcel is on its way, so nothing about it can be changed any more."))
    if packing:
        return refused(
            _("We have begun to pack your parcel, so nothing about it can be changed now.")
        )
    if not paid:
        return refused(_("This order is not paid yet. Change it in the checkout, then pay."))
    return ALLOWED


def price_change_allowed(*, before: Money, after: Money) -> Decision:
    """Say whether new choices can be had for what was paid; less is refunded."""
    if after > before:
        more = after - before
        return refused(
            _(
                "This would cost %(amount)s %(currency)s more, and we do not take a second payment "
                "for an order. Choose something that costs the same or less, or write to us."
            )
            % {"amount": more.amount, "currency": more.currency}
        )
    return ALLOWED


DESTROY_LABEL = "Its label was printed with the old address. Destroy it, then tick the box below."
ADDRESS_CHANGED = (
    "Somebody changed the address meanwhile. It stands above now; what you typed is kept."
)


def may_change_address(
    *, paid: bool, cancelled: bool, sent: bool, packing: bool, collection: bool
) -> Decision:
    """Say whether an order is at a point where its address can still be changed by staff."""
    if cancelled:
        return refused("This order was cancelled: nothing of it is sent.")
    if sent:
        return refused("A parcel of this order has left. Ask the carrier to send it elsewhere.")
    if packing:
        return refused("Somebody is packing this order. Ask them to put it aside first.")
    if not paid:
        return refused(
            "This order is not paid. Until then its customer changes it in the checkout."
        )
    if collection:
        return refused("It goes to a collection point. Its customer may choose another one.")
    return ALLOWED


def new_address_fits(
    *, is_current: bool, is_new: bool, is_served: bool, printed: bool, destroyed: bool
) -> Decision:
    """Say whether an order may go to this address now.

    `is_current`: the address is still the one the person saw; `is_served`: the delivery method that
    was paid goes to its country; `printed`: there is a label with the old one, `destroyed` or not.
    """
    if not is_current:
        return refused(ADDRESS_CHANGED)
    if not is_new:
        return refused("This is the address that it goes to already.")
    if not is_served:
        return refused("The delivery that was paid does not go to this country. Cancel the order.")
    if printed and not destroyed:
        return refused(DESTROY_LABEL)
    return ALLOWED


class ChangeRefused(Refused):
    """An order's choices cannot be changed; `str()` says why."""


def may_buy_label(
    *, has_label: bool, was_told: bool, is_collection: bool, crosses_border: bool, option: str
) -> Decision:
    """Say whether a carrier's label may be bought for a parcel; the reason is for the packer.

    `was_told`: the customer was shown before paying what the carrier learns. `option` is the
    carrier's code of the delivery method, "" where staff gave none.
    """
    needs = (
        (has_label, "This order has no label: nothing is posted."),
        (was_told, "Its customer was not told of this carrier before paying. Use our own label."),
        (not is_collection, "It goes to a collection point: buy its label at the carrier."),
        (not crosses_border, "It crosses a border: buy its label at the carrier, with its form."),
        (
            bool(option),
            "Its delivery method has no carrier's code. A manager writes it there.",
        ),
    )
    return next((refused(why) for is_met, why in needs if not is_met), ALLOWED)

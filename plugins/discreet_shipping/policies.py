"""Rules of choices, and of changing them or the address later. Pure: each returns a Decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext as _
from prices import Money

from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.options import (
    DeliveryContext,
    is_offered,
    used_options,
)
from product_content.dates import written_day
from product_content.decisions import ALLOWED, Decision, Refused, refused


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

"""May the choices of a placed order still be changed?"""

from __future__ import annotations

from django.utils.translation import gettext as _
from prices import Money

from plugins.discreet_shipping.policies.situation import YES, Answer


def may_change(*, paid: bool, canceled: bool, sent: bool, packing: bool) -> Answer:
    """Say whether an order is at a point where its parcel can still be changed."""
    if canceled:
        return False, _("This order is no longer held.")
    if sent:
        return False, _("Your parcel is on its way, so nothing about it can be changed any more.")
    if packing:
        return False, _(
            "We have begun to pack your parcel, so nothing about it can be changed now."
        )
    if not paid:
        return False, _("This order is not paid yet. Change it in the checkout, then pay.")
    return YES


def price_change_allowed(*, before: Money, after: Money) -> Answer:
    """Say whether new choices can be had for what was paid; less is refunded."""
    if after > before:
        more = after - before
        return False, _(
            "This would cost %(amount)s %(currency)s more, and we do not take a second payment "
            "for an order. Choose something that costs the same or less, or write to us."
        ) % {"amount": more.amount, "currency": more.currency}
    return YES

"""Is the collection point one of ours, open, and in the country of the order?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from plugins.discreet_shipping.policies.situation import YES, Answer, Situation


def point_fits(now: Situation) -> Answer:
    """Say whether the chosen collection point can be used."""
    if not now.choices.point:
        return YES
    if now.point is None or now.point.code != now.choices.point:
        return False, _("We do not know this collection point (any more). Please choose another.")
    if now.point.country != now.country:
        return False, _("This collection point is in another country than your address.")
    return YES


def locker_fits(now: Situation) -> Answer:
    """Say whether nobody has to sign at a locker."""
    at_locker = now.point is not None and now.point.kind == "locker"
    if at_locker and now.choices.handover in {"signature", "named"}:
        return False, _(
            "A locker cannot take a signature: it opens with your own code. Choose a shop or post "
            "office, or no signature."
        )
    return YES

"""Can these ways of handing over be had together, and with collection?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from plugins.discreet_shipping.policies.situation import YES, Answer, Situation


def handover_fits(now: Situation) -> Answer:
    """Say whether handing over, safe place, neighbour and collection fit each other."""
    choices = now.choices
    if choices.point and choices.safe_place:
        return False, _(
            "At a collection point nothing is left outside. Choose home for a safe place, or keep "
            "the collection point."
        )
    if choices.point and choices.no_neighbour:
        return False, _(
            "A collection point keeps the parcel itself, so no neighbour is asked. Take one of "
            "the two out."
        )
    return YES


def safe_place_fits(now: Situation) -> Answer:
    """Say whether a safe place goes with what was asked of the handing over."""
    if now.choices.safe_place and now.choices.handover in {"signature", "named"}:
        return False, _(
            "Someone must be there to sign or to show who they are, so the parcel cannot be left "
            "at a safe place too."
        )
    return YES


def named_person_fits(now: Situation) -> Answer:
    """Say whether a person can show that the name on the label is theirs."""
    if now.choices.handover == "named" and now.choices.label_name == "other":
        return False, _(
            "For “named person only” the carrier compares the label with an identity card, so the "
            "label needs your own name or its initials."
        )
    return YES

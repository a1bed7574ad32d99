"""Which sender and which name can stand on a label."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plugins.discreet_shipping.policies.situation import YES, Answer, Situation


def sender_fits(now: Situation) -> Answer:
    """Say whether the sender is one of the shop's names."""
    if now.choices.sender and now.choices.sender not in now.rules.senders:
        return False, _("Please choose one of our sender names.")
    return YES


def label_name_fits(now: Situation) -> Answer:
    """Say whether there are initials to be made."""
    if now.choices.label_name == "initials" and not now.first_name.strip():
        return False, _("There is no first name to shorten. Choose another name instead.")
    return YES

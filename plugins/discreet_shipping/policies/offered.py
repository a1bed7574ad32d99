"""Is an option offered here, by its price, countries and delivery methods?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.constants import OPTIONS
from plugins.discreet_shipping.policies.situation import YES, Answer


def is_offered(rules: ShippingSettings, option: str, *, country: str, method: int | None) -> Answer:
    """Say whether `option` can be had with delivery to `country` by `method`."""
    rule, name = rules.options[option], OPTIONS[option]
    if not rules.active or rule.price is None:
        return False, _("“%(name)s” is not offered at the moment.") % {"name": name}
    if rule.countries and country not in rule.countries:
        return False, _("“%(name)s” is not offered in the country of your address.") % {
            "name": name
        }
    if rule.methods and method not in rule.methods:
        return False, _(
            "“%(name)s” is not offered with this way of delivery. Choose another one."
        ) % {"name": name}
    return YES


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

"""All rules together: what is wrong with these choices, per field of the form."""

from __future__ import annotations

from collections.abc import Callable

from plugins.discreet_shipping.policies.days import day_fits
from plugins.discreet_shipping.policies.handing_over import (
    handover_fits,
    named_person_fits,
    safe_place_fits,
)
from plugins.discreet_shipping.policies.names import label_name_fits, sender_fits
from plugins.discreet_shipping.policies.offered import is_offered, used_options
from plugins.discreet_shipping.policies.places import locker_fits, point_fits
from plugins.discreet_shipping.policies.situation import Answer, Situation

# The field beside which a reason is shown. The first reason of a field counts.
_RULES: tuple[tuple[str, Callable[[Situation], Answer]], ...] = (
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


def check_choices(now: Situation) -> dict[str, str]:
    """Return what is wrong, by field; empty when all is well."""
    problems: dict[str, str] = {}
    for option in used_options(now.choices, now.rules):
        allowed, reason = is_offered(now.rules, option, country=now.country, method=now.method)
        if not allowed:
            problems.setdefault(_FIELD_OF_OPTION.get(option, option), reason)
    for field, rule in _RULES:
        allowed, reason = rule(now)
        if not allowed:
            problems.setdefault(field, reason)
    return problems

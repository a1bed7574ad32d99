"""Pure rules: each module holds one question, each function returns `(allowed, reason)`."""

from plugins.discreet_shipping.policies.changing import may_change
from plugins.discreet_shipping.policies.choosing import check_choices
from plugins.discreet_shipping.policies.printable import line_is_printable
from plugins.discreet_shipping.policies.situation import Point, Situation

__all__ = ["Point", "Situation", "check_choices", "line_is_printable", "may_change"]

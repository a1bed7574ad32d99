"""The form of the discreet options. It reads what was sent; the rules are the plugin's."""

from __future__ import annotations

from typing import Any

from django.utils.dates import WEEKDAYS

from plugins.discreet_shipping.choices import (
    MAX_CODE_WORD,
    MAX_EMAIL,
    MAX_NAME,
    MAX_SAFE_PLACE,
    Choices,
)
from product_content.parsing import parse_id


class DiscretionForm:
    """The content of the fields: the stored choices, or what was just sent with its errors.

    Not a django.forms.Form: validation is `choices.parse` and the policies, once, for pages
    and stored rows alike. `problems` says per field what is wrong.
    """

    def __init__(self, values: dict[str, Any], problems: dict[str, str] | None = None) -> None:
        self.values = values
        self.problems = problems or {}

    @property
    def open(self) -> frozenset[str]:
        """The groups that are shown opened: those with something unusual, or wrong."""
        return frozenset(
            group
            for group, names in _GROUPS.items()
            if any(self._is_unusual(name) or name in self.problems for name in names)
        )

    def _is_unusual(self, name: str) -> bool:
        usual = getattr(_DEFAULTS, name)
        return bool((self.values.get(name) or usual) != usual)

    @classmethod
    def from_choices(cls, choices: Choices) -> DiscretionForm:
        """Return the form with stored choices."""
        return cls({name: getattr(choices, name) for name in choices.__slots__})


def read_sent(sent: Any) -> dict[str, Any]:
    """Return the choices in a sent form, as `choices.parse` wants them; unknown fields stay out.

    A price or a version that somebody adds to the form is ignored.
    """
    data: dict[str, Any] = {name: str(sent.get(name, default)) for name, default in _TEXTS.items()}
    data |= {name: sent.get(name) == "on" for name in ("no_neighbour", "return_label")}
    days = map(parse_id, sent.getlist("weekdays")[:_MAX_SENT_DAYS])
    data["weekdays"] = [-1 if day is None else day for day in days]
    if data["point"] == "home":
        data["point"] = ""
    return data


_MAX_SENT_DAYS = 20  # that are looked at; a week has 7
_DEFAULTS = Choices()
_GROUPS = {
    "box": ("sender", "label_name", "other_name"),
    "place": ("point",),
    "handing": ("handover", "no_neighbour", "safe_place"),
    "day": ("day", "not_before", "weekdays"),
    "inside": ("slip", "return_label"),
    "messages": ("messages", "receipt", "message_email", "code_word"),
}
_TEXTS = {
    name: getattr(_DEFAULTS, name)
    for name in (
        "sender", "label_name", "other_name", "point", "handover", "safe_place", "day",
        "not_before", "slip", "receipt", "messages", "message_email", "code_word",
    )
}  # fmt: skip
LIMITS = {
    "name": MAX_NAME, "place": MAX_SAFE_PLACE, "code_word": MAX_CODE_WORD, "email": MAX_EMAIL,
}  # fmt: skip
WEEKDAY_NAMES = tuple(WEEKDAYS.items())

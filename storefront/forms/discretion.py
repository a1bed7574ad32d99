"""The form of the discreet options, which reads what was sent, and that of the rehearsal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from plugins.discreet_shipping.choices import (
    MAX_CODE_WORD,
    MAX_EMAIL,
    MAX_NAME,
    MAX_SAFE_PLACE,
    Choices,
)
from product_content.parsing import EmailAddressField, parse_id


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


def read_sent(sent: Any, offered: Collection[str]) -> dict[str, Any]:
    """Return the choices in a sent form, as `choices.parse` wants them; unknown fields stay out.

    `offered` are the options that the form asks about. What it asks and what was not sent is None,
    which is refused: a form that was cut short or typed by hand is not read as the usual choice.
    A price or a version that somebody adds to the form is ignored.
    """
    data: dict[str, Any] = {
        name: sent.get(name, None if _is_asked(name, offered) else default)
        for name, default in _TEXTS.items()
    }
    data |= {name: _tick(sent.get(name), name, offered) for name in _TICKS}
    days = map(parse_id, sent.getlist("weekdays")[:_MAX_SENT_DAYS])
    data["weekdays"] = [-1 if day is None else day for day in days]
    if data["point"] == "home":
        data["point"] = ""
    return data


def _is_asked(name: str, offered: Collection[str]) -> bool:
    option = _ASKED_WITH.get(name, name)
    return option == ALWAYS or option in offered


def _tick(value: str | None, name: str, offered: Collection[str]) -> bool | None:
    """Return whether a box is ticked; a hidden field beside it says "off" where it is not."""
    if value is None and _is_asked(name, offered):
        return None
    return value == "on"


ALWAYS = "always"
# The option with which a field is asked, where that has another name.
_ASKED_WITH = {
    "other_name": "label_name", "point": "collection", "handover": ALWAYS, "not_before": "day",
    "slip": ALWAYS, "receipt": "messages", "message_email": "messages", "code_word": "messages",
}  # fmt: skip
_TICKS = ("no_neighbour", "return_label")
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


_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")


class RehearsalForm(forms.Form):
    """Where one sample e-mail goes."""

    email = EmailAddressField(
        label=_("E-mail"),
        max_length=MAX_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )

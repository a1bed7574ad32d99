"""Forms around the basket."""

from __future__ import annotations

from django import forms
from django.conf import settings

_MOST = settings.MAX_CHECKOUT_LINE_QUANTITY
_A_NUMBER = f"Enter a whole number from 1 to {_MOST}."
_A_NUMBER_OR_NONE = f"Enter a whole number from 0 to {_MOST}."


def _messages(text: str) -> dict[str, str]:
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), text)


class AddForm(forms.Form):
    """Put pieces of a variant into the basket."""

    variant = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, error_messages=_messages("Choose one of the options.")
    )
    quantity = forms.IntegerField(min_value=1, max_value=_MOST, error_messages=_messages(_A_NUMBER))

    def first_error(self) -> str:
        """Return the first thing that is wrong, in words."""
        return str(next(iter(self.errors.values()))[0])


class LineForm(forms.Form):
    """Set a line's pieces; 0 takes it out."""

    quantity = forms.IntegerField(
        min_value=0, max_value=_MOST, error_messages=_messages(_A_NUMBER_OR_NONE)
    )


class CodeForm(forms.Form):
    """A voucher or gift-card code."""

    code = forms.CharField(
        label="Voucher or gift card",
        max_length=16,
        error_messages={"required": "Enter a code.", "max_length": "A code is shorter than that."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

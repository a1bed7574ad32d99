"""Forms around the basket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from plugins.ordering.codes import MAX_TYPED_LENGTH

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_MAX_QUANTITY = settings.MAX_CHECKOUT_LINE_QUANTITY
_A_NUMBER = format_lazy(
    _("Enter a whole number from {least} to {most}."), least=1, most=_MAX_QUANTITY
)
_A_NUMBER_OR_NONE = format_lazy(
    _("Enter a whole number from {least} to {most}."), least=0, most=_MAX_QUANTITY
)


def _messages(text: StrOrPromise) -> dict[str, StrOrPromise]:
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), text)


class AddForm(forms.Form):
    """Put pieces of a variant into the basket."""

    variant = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, error_messages=_messages(_("Choose one of the options."))
    )
    quantity = forms.IntegerField(
        min_value=1, max_value=_MAX_QUANTITY, error_messages=_messages(_A_NUMBER)
    )

    def first_error(self) -> str:
        """Return the first thing that is wrong, in words."""
        return str(next(iter(self.errors.values()))[0])


class LineForm(forms.Form):
    """Set a line's pieces; 0 takes it out."""

    quantity = forms.IntegerField(
        min_value=0, max_value=_MAX_QUANTITY, error_messages=_messages(_A_NUMBER_OR_NONE)
    )


class CodeForm(forms.Form):
    """A voucher or gift-card code."""

    code = forms.CharField(
        label=_("Voucher or gift card"),
        max_length=MAX_TYPED_LENGTH,
        error_messages={
            "required": _("Enter a code."),
            "max_length": _("A code is shorter than that."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

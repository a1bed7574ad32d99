"""The form by which a customer asks to be told when something is here again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")


class WishForm(forms.Form):
    """An e-mail address, and what it is for."""

    variant = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )

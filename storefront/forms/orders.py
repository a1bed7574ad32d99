"""Forms about a placed order."""

from __future__ import annotations

from django import forms
from django.core.validators import MaxValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from product_content.form_fields import EmailAddressField

_NO_NUMBER = _("Enter the order’s number, such as 1042.")
_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")
_MAX_INTEGER = 2**31 - 1  # of an integer column


class NewLinkForm(forms.Form):
    """An order's number and the e-mail address it was placed with."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=20,
        help_text=_("It stands in the subject of our e-mails and in no other place."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        validators=[RegexValidator(r"^[#\s]*[0-9]+\s*$", _NO_NUMBER)],
        error_messages={"required": _NO_NUMBER, "max_length": _NO_NUMBER},
    )
    email = EmailAddressField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )

    def clean_number(self) -> int:
        """Return the number; people write it with a # as well."""
        number = int(self.cleaned_data["number"].strip("# \t"))
        MaxValueValidator(_MAX_INTEGER, _NO_NUMBER)(number)
        return number

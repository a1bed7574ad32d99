"""The forms of logging in to /staff/."""

from __future__ import annotations

from django import forms
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget


class StaffLoginForm(AuthenticationForm):
    """E-mail and password; one answer for everything that is wrong."""

    error_messages = {
        "invalid_login": "That e-mail and password do not open the staff pages.",
        "inactive": "That e-mail and password do not open the staff pages.",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.input_type = "email"

    def clean_username(self) -> str:
        """Return the address as the shop stores it: lower-case."""
        return str(self.cleaned_data["username"]).lower()


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        """Return the code without the spaces that apps show in it."""
        return "".join(str(self.cleaned_data["code"]).split())

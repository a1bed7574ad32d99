"""The forms of logging in to /staff/, and of sending a parcel."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from product_content.parsing import normal_email


class StaffLoginForm(AuthenticationForm):
    """E-mail and password; the same error for everything that is wrong."""

    error_messages = {
        "invalid_login": "That e-mail and password do not open the staff pages.",
        "inactive": "That e-mail and password do not open the staff pages.",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.input_type = "email"

    def clean_username(self) -> str:
        """Return the address in the form in which the shop stores it."""
        return normal_email(str(self.cleaned_data["username"]))


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


class SendForm(forms.Form):
    """The discretion checklist and the tracking number; `points` are (what, what it must be)."""

    tracking_number = forms.RegexField(
        r"^[A-Za-z0-9 -]{4,40}$",
        required=False,
        error_messages={"invalid": "A tracking number has 4 to 40 letters and digits."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, points: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._points = {f"point_{number}": what for number, (what, _) in enumerate(points)}
        for name, (what, expected) in zip(self._points, points, strict=True):
            # not required: the service says what is missing, under the order's lock
            self.fields[name] = forms.BooleanField(label=what, help_text=expected, required=False)

    @property
    def points(self) -> list[forms.BoundField]:
        """The boxes to tick."""
        return [self[name] for name in self._points]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `send_parcel`, but for the order and the packer."""
        ticked = [what for name, what in self._points.items() if self.cleaned_data[name]]
        return {
            "ticked": ticked,
            "tracking_number": self.cleaned_data["tracking_number"].strip().upper(),
            "partly": "partly" in self.data,
        }


class BinForm(forms.Form):
    """Which bin a variant lies in; an empty bin takes it out."""

    sku = forms.CharField(label="SKU", max_length=255)
    bin = forms.CharField(max_length=12, required=False)

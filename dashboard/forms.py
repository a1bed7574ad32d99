"""The forms of logging in to /staff/, and of sending a parcel; a field for amounts of money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from plugins.discreet_shipping.packing import USUAL_POINTS, Checklist
from product_content.parsing import normal_email


class AmountField(forms.DecimalField):
    """An amount of money: nobody has to write decimals that its currency does not have.

    The database keeps hundredths of yen too, which an input would show as 1200.00 and then refuse.
    """

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Return the amount; noughts after its last possible decimal are left out."""
        amount: Decimal | None = super().to_python(value)
        if amount is None or self.decimal_places is None or not amount.is_finite():
            return amount
        unit = Decimal(1).scaleb(-self.decimal_places)
        return amount if amount % unit else amount.quantize(unit)

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows."""
        is_amount = isinstance(value, Decimal) and value.is_finite()
        return self.to_python(value) if is_amount else value


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
    """The discretion checklist and the tracking number.

    What is as usual has one box, each point that differs has its own.
    """

    tracking_number = forms.RegexField(
        r"^[A-Za-z0-9 -]{4,40}$",
        required=False,
        error_messages={"invalid": "A tracking number has 4 to 40 letters and digits."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    # Boxes are not required: the service says what is missing, under the order's lock.
    usual = forms.BooleanField(label="All the rest is as usual", required=False)

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checklist, points = checklist, checklist.different
        self._points = {f"point_{number}": what for number, (what, _) in enumerate(points)}
        for name, (what, expected) in zip(self._points, points, strict=True):
            self.fields[name] = forms.BooleanField(label=what, help_text=expected, required=False)
        if not points:
            self.fields["usual"].label = "All is as usual"

    @property
    def points(self) -> list[forms.BoundField]:
        """The boxes of what differs."""
        return [self[name] for name in self._points]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `send_parcel`, but for the order and the packer."""
        ticked = [what for name, what in self._points.items() if self.cleaned_data[name]]
        ticked += [USUAL_POINTS] if self.cleaned_data["usual"] else []
        return {
            "ticked": ticked,
            "tracking_number": self.cleaned_data["tracking_number"].strip().upper(),
            "partly": "partly" in self.data,
        }


class BinForm(forms.Form):
    """Which bin a variant lies in; an empty bin takes it out."""

    sku = forms.CharField(label="SKU", max_length=255)
    bin = forms.CharField(max_length=12, required=False)

"""Forms of the account: getting in, proving who one is, and addresses, also of an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from plugins.discreet_shipping.forms import PostalAddressForm
from product_content.languages import localized
from product_content.parsing import EmailAddressField

_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")
_NO_PASSWORD = _("Enter your password.")
_DIFFERENT = _("The two passwords are not the same.")


def _email_field() -> EmailAddressField:
    return EmailAddressField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _NO_PASSWORD},
    )


def _own_password(request: HttpRequest, password: str) -> str:
    user: Any = request.user
    if authenticate(request, username=user.email, password=password) != user:
        raise forms.ValidationError(_("That is not your password."))
    return password


class LoginForm(AuthenticationForm):
    """E-mail and password; one answer for everything that is wrong, and for staff."""

    username = _email_field()
    password = _password_field()
    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"),
        _("That e-mail and password do not open an account. Please check both."),
    )

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse staff, who log in at /staff/, as if the password were wrong."""
        super().confirm_login_allowed(user)
        if user.is_staff:
            raise self.get_invalid_login_error()


class EmailForm(forms.Form):
    """The address that a link is sent to."""

    email = _email_field()


class NewPasswordForm(SetPasswordForm):
    """A password chosen for the first time, or anew, by whoever opened a link."""

    error_messages = {"password_mismatch": _DIFFERENT}

    def __init__(self, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].label = _("Password")
        self.fields["new_password1"].help_text = _(
            "At least 10 characters. Three or four words that do not belong together are good."
        )
        self.fields["new_password2"].label = _("The same once more")
        self.fields["new_password2"].help_text = ""


class ChangePasswordForm(NewPasswordForm, PasswordChangeForm):
    """Another password, chosen by a customer who knows the old one."""

    old_password = _password_field()
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = _("Your password until now")
        self.fields["new_password1"].label = _("The new password")

    def clean_old_password(self) -> str:
        """Return the password if it is the signed-in customer's."""
        return _own_password(self.request, str(self.cleaned_data["old_password"]))


class PasswordForm(forms.Form):
    """The customer's password, before something that cannot be taken back.

    Wrong tries count as failed log-ins do (django-axes), so an open session is no way to guess.
    """

    password = _password_field()

    def __init__(self, request: HttpRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Return the password if it is the signed-in customer's."""
        return _own_password(self.request, str(self.cleaned_data["password"]))


class NewEmailForm(PasswordForm, EmailForm):
    """Another address for the account."""

    field_order = ("email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].widget.attrs["autocomplete"] = "email"


_SWAP = {  # with htmx the form follows the country; without, the button beside it does
    "hx-trigger": "change",
    "hx-include": "closest form",
    "hx-vals": '{"change_country": "1"}',
    "hx-target": "#address-form",
    "hx-select": "#address-form",
    "hx-swap": "outerHTML",
}


class AddressForm(PostalAddressForm):
    """The address of a checkout, with the e-mail address of whoever orders."""

    field_order = ("email",)
    email = EmailAddressField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("For the confirmation. Its subject line never says what you bought."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Enter an e-mail address, such as name@example.org.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Follow the country that is chosen, as soon as it is."""
        super().__init__(*args, **kwargs)
        swap = {**_SWAP, "hx-post": localized("/checkout/address/")}
        self.fields["country"].widget.attrs.update(swap)


def country_of(
    countries: Sequence[tuple[str, str]], typed: Mapping[str, str], kept: Mapping[str, str]
) -> str:
    """Return the code of the country to show: typed, kept before, our own, or the first."""
    codes = [code for code, _name in countries]
    wanted = typed.get("country") or kept.get("country") or settings.DEFAULT_COUNTRY
    known = (code for code in (wanted, *codes) if code in codes)
    return next(known, settings.DEFAULT_COUNTRY)


class AddressBookForm(AddressForm):
    """The form of the checkout without the e-mail address, which the account has."""

    email = None  # type: ignore[assignment]  # Django's way to leave out an inherited field

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        """Follow the country as the checkout does; `action` is the address of the page."""
        super().__init__(*args, **kwargs)
        self.fields["country"].widget.attrs["hx-post"] = action

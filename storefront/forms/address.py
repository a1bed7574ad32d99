"""Forms of addresses: where to send an order, and an address in an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from plugins.discreet_shipping.forms import PostalAddressForm
from product_content.languages import localized
from product_content.parsing import EmailAddressField

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

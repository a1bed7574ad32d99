"""An address in a customer's account."""

from __future__ import annotations

from typing import Any

from storefront.forms.address import AddressForm


class AddressBookForm(AddressForm):
    """The form of the checkout without the e-mail address, which the account has."""

    email = None  # type: ignore[assignment]  # Django's way to leave out an inherited field

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        """Follow the country as the checkout does; `action` is the address of the page."""
        super().__init__(*args, **kwargs)
        self.fields["country"].widget.attrs["hx-post"] = action

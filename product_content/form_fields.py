"""Form fields for what people type, shared by the shop's pages and the staff's."""

from __future__ import annotations

from typing import Any

from django import forms

from product_content.parsing import normal_email


class EmailAddressField(forms.EmailField):
    """An e-mail address, in the form in which the shop stores it and looks it up."""

    def to_python(self, value: Any) -> str:
        """Return the address in its one form, before it is checked."""
        return normal_email(str(super().to_python(value)))

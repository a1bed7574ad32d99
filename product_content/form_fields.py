"""Form fields for what people type, shared by the shop's pages and the staff's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from product_content.parsing import normal_email


class EmailAddressField(forms.EmailField):
    """An e-mail address, in the form in which the shop stores it and looks it up."""

    def to_python(self, value: Any) -> str:
        """Return the address in its one form, before it is checked."""
        return normal_email(str(super().to_python(value)))


MIN_YEAR, MAX_YEAR = 1900, 2200


def validate_near_date(value: date) -> None:
    """Refuse a date, or a date with a time, that no shop means.

    At the ends of what Python and PostgreSQL can hold, an hour more or less of a time zone is an
    error wherever the date is shown again.
    """
    if not MIN_YEAR <= value.year <= MAX_YEAR:
        raise ValidationError(f"Write a year from {MIN_YEAR} to {MAX_YEAR}.")

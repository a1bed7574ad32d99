"""The name and the address on a label."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from saleor.account.models import Address

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.texts import line_is_printable
from plugins.ordering.addresses import address_lines

# The fields of Saleor's Address that stand on a label.
ADDRESS_FIELDS = (
    "first_name", "last_name", "street_address_1", "street_address_2",
    "city", "city_area", "country_area", "postal_code",
)  # fmt: skip


def label_name(choices: Choices, first_name: str, last_name: str) -> str:
    """Return the name for the label: own, initials with surname, or another one."""
    if choices.label_name == "other":
        return choices.other_name
    if choices.label_name == "initials":
        initials = " ".join(f"{part[0].upper()}." for part in first_name.split())
        return f"{initials} {last_name}".strip()
    return f"{first_name} {last_name}".strip()


def address_is_printable(address: Address | None) -> bool:
    """Say whether all that stands on a label of this address can be printed."""
    texts = [getattr(address, name, "") for name in ADDRESS_FIELDS]
    return all(line_is_printable(text).allowed for text in texts)


def place_lines(address: Address | None) -> tuple[str, ...]:
    """Return where the parcel goes, line by line in its country's order, without the name."""
    with translation.override(settings.LANGUAGE_CODE):  # carriers read it, not the customer
        return tuple(line.strip() for line in address_lines(address, with_country=True))

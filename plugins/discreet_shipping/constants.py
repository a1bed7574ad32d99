"""Names and limits that more than one module needs."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

CHOICES_KEY: Final = "discreet_shipping"  # in the metadata of checkouts and orders
REMEMBERED_KEY: Final = "discreet_shipping"  # in a user's private_metadata

CHOICES_VERSION: Final = 1
CONTRACT_VERSION: Final = 1

MOST_BYTES: Final = 4096  # of all choices together, as JSON
# A line of a label: carriers cut longer ones (Royal Mail and UPS print 35 characters).
MOST_NAME: Final = 35
MOST_LINE: Final = 60  # of a field of an address; a label has room for two lines of it
MOST_PLACE: Final = 40
MOST_CODE_WORD: Final = 20
MOST_EMAIL: Final = 254
MOST_POINT: Final = 40

# Whatever has a price, countries and methods that staff set.
OPTIONS: Final = {
    "sender": _("Another sender name"),
    "label_name": _("Initials or another name on the label"),
    "collection": _("Collection instead of home"),
    "signature": _("Signature on delivery"),
    "named": _("Only the named person may receive it"),
    "safe_place": _("Leave at a safe place"),
    "no_neighbour": _("Do not leave with a neighbour"),
    "day": _("Not before a date, or only on chosen weekdays"),
    "slip": _("Slip with codes in the parcel"),
    "messages": _("Other messages, address or code word"),
    "return_label": _("Return label in the parcel"),
}
WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip

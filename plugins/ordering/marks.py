"""Keys in an order's private_metadata that several plugins read; no customer sees them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

ATTENTION: Final = "needs_attention"  # a list of reason codes
PACKING_KEY: Final = "packing"  # there as soon as somebody packs the parcel
LABEL_PRINTED: Final = "label_printed"  # when a label with the order's address was last printed
REPORTED: Final = "parcel"  # a list of what the carrier told: ready_to_collect, delivered
DISPUTE, DISPUTE_LOST = "dispute", "dispute_lost"  # reasons under ATTENTION
DISPUTED: Final = frozenset({DISPUTE, DISPUTE_LOST})
RETURN: Final = "return"  # a `ReturnState`; gone once all that came in was looked at
RETURNED: Final = "returned"  # order line id, as text → pieces that came back


class ReturnState(StrEnum):
    """How far a return has got that nobody has looked at yet."""

    EXPECTED = "expected"  # the customer said so
    ARRIVED = "arrived"  # it lies here, unopened

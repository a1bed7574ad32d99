"""Keys in an order's private_metadata that several plugins read; no customer sees them."""

from __future__ import annotations

from typing import Final

ATTENTION: Final = "needs_attention"  # a list of reason codes
PACKING_KEY: Final = "packing"  # there as soon as somebody packs the parcel
REPORTED: Final = "parcel"  # a list of what the carrier told: ready_to_collect, delivered
DISPUTED: Final = frozenset({"dispute", "dispute_lost"})  # reasons under ATTENTION

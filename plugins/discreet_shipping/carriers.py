"""Carriers that sell labels: what they are told, what they answer, and the one in use.

A carrier learns what stands on the label, the weight of the parcel and how it is sent; never an
e-mail address, a telephone number, or anything of what is in it.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from PIL import Image, UnidentifiedImageError

from plugins.discreet_shipping.contract import Label
from plugins.fulfilment.models import ShipmentState
from product_content.decisions import Refused

MAX_LABEL_BYTES = 4_000_000  # a label of A6 at 300 dots per inch is a tenth of that
_CARRIERS = {
    "local": "plugins.discreet_shipping.carriers.LocalCarrier",
    "sendcloud": "plugins.discreet_shipping.sendcloud.Sendcloud",
}


class CarrierRefused(Refused):
    """The carrier did not sell a label; the reason is for whoever packs."""


class CarrierUnavailable(Exception):  # noqa: N818  says what is wrong
    """The carrier did not answer, or not usefully: whether it sold a label is not known."""


@dataclass(frozen=True)
class ShipmentRequest:
    """One parcel as a carrier is told of it.

    `reference` names the purchase: with the same one nothing is bought twice. `option` is the
    carrier's own code of how it is sent, `weight` in kilograms. `street` are one or two lines;
    `country` and `region` are codes. All of `label` is printed on it.
    """

    reference: str
    option: str
    label: Label
    street: tuple[str, ...]
    city: str
    postcode: str
    region: str
    country: str
    weight: Decimal


@dataclass(frozen=True)
class BoughtLabel:
    """A label as the carrier sold it: its number of the parcel, and the picture as PNG."""

    parcel_id: str
    tracking_number: str
    picture: bytes


class Carrier(Protocol):
    """Whoever sells labels.

    `name` is what customers are told, "" for one that nobody outside the shop hears of. Each call
    may use the network: none belongs into a transaction. They raise CarrierRefused and
    CarrierUnavailable.
    """

    name: str

    def buy_label(self, shipment: ShipmentRequest) -> BoughtLabel:
        """Buy a label, or return the one that was bought under the same reference."""
        ...

    def states(self, parcel_ids: Collection[str]) -> Mapping[str, ShipmentState]:
        """Return how far these parcels have got; those with nothing new are left out."""
        ...


def carrier_in_use() -> Carrier | None:
    """Return the carrier of the setting LABEL_CARRIER, or None: then labels are our own."""
    path = _CARRIERS.get(settings.LABEL_CARRIER)
    carrier: Carrier | None = import_string(path)() if path else None
    return carrier


def readable_label(content: bytes) -> bytes:
    """Return the picture of a label. Raises CarrierUnavailable if it cannot be printed."""
    try:
        with Image.open(io.BytesIO(content[:MAX_LABEL_BYTES]), formats=["PNG"]) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise CarrierUnavailable("The carrier's label cannot be read. Try it again.") from error
    return content


class LocalCarrier:
    """A carrier for trial, on this computer alone: its labels are ours, with a made-up number.

    An hour after a label was bought its parcel counts as delivered.
    """

    name = ""

    def buy_label(self, shipment: ShipmentRequest) -> BoughtLabel:
        """Return our own label with a tracking number."""
        from plugins.discreet_shipping.label_files import label_png  # it knows the Contract

        number = f"TRIAL{shipment.reference[:12].upper()}"
        return BoughtLabel(
            parcel_id=f"{int(timezone.now().timestamp())}-{shipment.reference[:12]}",
            tracking_number=number,
            picture=label_png(shipment.label),
        )

    def states(self, parcel_ids: Collection[str]) -> Mapping[str, ShipmentState]:
        """Return those as delivered that were bought an hour ago."""
        hour_ago = timezone.now() - timedelta(hours=1)
        return {
            parcel: ShipmentState.DELIVERED
            for parcel in parcel_ids
            if datetime.fromtimestamp(int(parcel.partition("-")[0]), UTC) <= hour_ago
        }

"""The narrow interface to a carrier: finding points, and taking a parcel.

Our own list (`plugins.discreet_shipping.selectors.points.OwnList`) is the first carrier.
Another one is a class named in settings.COLLECTION_CARRIERS; its network calls belong into a
client of its own, with a time limit, and it must be told a postcode and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from plugins.discreet_shipping.policies.situation import Point


@dataclass(frozen=True)
class FoundPoint:
    """A collection point with its distance in kilometres from the postcode.

    `from_middle_of` names the area or district from whose middle the distance is measured,
    where the postcode itself is not in our tables; "" where it is.
    """

    point: Point
    kind_name: str
    hours: str
    kilometres: float | None
    from_middle_of: str = ""


class Carrier(Protocol):
    """What a carrier can be asked."""

    name: str

    def near(self, *, country: str, postcode: str, most: int) -> list[FoundPoint]:
        """Return the nearest points, nearest first; an unknown postcode gives none."""
        ...

    def find(self, *, code: str) -> Point | None:
        """Return the point with this code, or None; must not ask the network."""
        ...


class LabelTaker(Protocol):
    """A carrier that prints its own label: it is given the Contract's strings and no more."""

    def send(self, *, label_png: bytes, recipient: list[str], service: str) -> str:
        """Hand a parcel in and return its tracking number."""
        ...


def carriers() -> list[Carrier]:
    """Return the carriers of settings.COLLECTION_CARRIERS, our own list where none is named."""
    own = "plugins.discreet_shipping.selectors.points.OwnList"
    return [import_string(path)() for path in getattr(settings, "COLLECTION_CARRIERS", [own])]

"""Finding collection points without asking anyone else where a customer lives."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from plugins.discreet_shipping.carriers import FoundPoint, carriers
from plugins.discreet_shipping.distance import kilometres
from plugins.discreet_shipping.models import CollectionPoint
from plugins.discreet_shipping.policies.situation import Point
from plugins.discreet_shipping.selectors.places import Place, place_of

_MOST_ROWS = 5000  # of one country; more than that needs a carrier's own search


def points_near(*, country: str, postcode: str, most: int = 6) -> list[FoundPoint]:
    """Return the nearest points of all carriers, nearest first; [] for an unknown postcode."""
    found = [
        point
        for carrier in carriers()
        for point in carrier.near(country=country, postcode=postcode, most=most)
    ]
    far = float("inf")
    return sorted(found, key=lambda p: far if p.kilometres is None else p.kilometres)[:most]


def find_point(code: str) -> Point | None:
    """Return the point with this code, or None when there is none any more."""
    return next((p for carrier in carriers() if (p := carrier.find(code=code))), None)


class OwnList:
    """The `Carrier` of the points that staff have imported."""

    name = "own list"

    def near(self, *, country: str, postcode: str, most: int) -> list[FoundPoint]:
        """Return the nearest points of the list."""
        here = place_of(country, postcode)
        if here is None:
            return []
        rows = CollectionPoint.objects.filter(country=country, is_active=True)[:_MOST_ROWS]
        found = [_found(row, here) for row in rows]
        return sorted(found, key=lambda point: point.kilometres or 0.0)[:most]

    def find(self, *, code: str) -> Point | None:
        """Return the point with this code."""
        row = CollectionPoint.objects.filter(code=code, is_active=True).first()
        return _point(row) if row else None


def _found(row: CollectionPoint, here: Place) -> FoundPoint:
    there = float(row.latitude), float(row.longitude)
    far = kilometres((here.latitude, here.longitude), there)
    return FoundPoint(
        _point(row), row.get_kind_display(), row.hours, round(far, 1), from_middle_of=here.rough
    )


def _point(row: CollectionPoint) -> Point:
    return Point(
        code=row.code,
        carrier=row.carrier,
        kind=row.kind,
        name=row.name,
        lines=(row.name, row.street, row.city, row.postcode, _country_name(row.country)),
        country=row.country,
    )


def _country_name(code: str) -> str:
    from django_countries import countries

    with translation.override(settings.LANGUAGE_CODE):  # it stands on labels
        return str(countries.name(code))

"""Find collection points near a postcode in our own tables, so that nobody else learns it.

The points that staff import (CSV: all rows or none) are the first `Carrier`. Another one is a class
named in settings.COLLECTION_CARRIERS; its network calls belong in a client of its own, with a
timeout, and it may send a postcode and nothing else. The plugin ships approximate centres of
postcode areas, and points for a demonstration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Avg, Count
from django.utils import translation
from django.utils.module_loading import import_string
from django_countries import countries

from plugins.discreet_shipping.choices import clean_line
from plugins.discreet_shipping.models import (
    MAX_KEPT_DAYS,
    USUAL_KEPT_DAYS,
    CollectionPoint,
    PointKind,
    PostcodeArea,
)
from plugins.discreet_shipping.policies import Point
from product_content.parsing import parse_id, visible_signs
from product_content.tables import Limits, TableRefused, read_csv


@dataclass(frozen=True)
class FoundPoint:
    """A collection point with its distance in kilometres from the postcode.

    Where the postcode itself is not in our tables, the distance is measured from the centre of
    its area or district, which `measured_from` names; "" where it is.
    """

    point: Point
    kind_name: str
    hours: str
    kilometres: float | None
    measured_from: str = ""

    @property
    def is_within_area(self) -> bool:
        """Say whether it is nearer to the centre of the area than a rounded distance can tell."""
        near = self.kilometres is not None and self.kilometres < 1
        return near and bool(self.measured_from)


class Carrier(Protocol):
    """A carrier with collection points."""

    name: str

    def near(self, *, country: str, postcode: str, limit: int) -> list[FoundPoint]:
        """Return the nearest points, nearest first; an unknown postcode gives none."""
        ...

    def find(self, *, code: str) -> Point | None:
        """Return the point with this code, or None; must not ask the network."""
        ...


def carriers() -> list[Carrier]:
    """Return the carriers of settings.COLLECTION_CARRIERS, our own list where none is named."""
    own = "plugins.discreet_shipping.collection_points.ImportedPoints"
    return [import_string(path)() for path in getattr(settings, "COLLECTION_CARRIERS", [own])]


EARTH_KM = 6371.0  # mean radius, IUGG


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) pairs in degrees."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    step = sin(radians(lat_b - lat_a) / 2) ** 2
    step += cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(step)))


_MAX_POSTCODE_LENGTH = 8
_AREA_LETTERS = re.compile("[A-Z]*")  # the letters a British postcode begins with: BN of BN7 1AA
_NOT_OF_A_POSTCODE = re.compile("[^A-Z0-9]")
_AREA_DIGITS = 3  # what countries with figures only call an area: 750 of 75001


@dataclass(frozen=True)
class PostcodeLocation:
    """Degrees (WGS 84). `area` names the area or district when only its centre is known."""

    latitude: float
    longitude: float
    area: str = ""


def locate_postcode(country: str, postcode: str) -> PostcodeLocation | None:
    """Return the location of a postcode as exactly as the tables know it; None if unknown.

    The longest known prefix of the postcode counts. The centre of a whole area is far off, so
    the centre of our own points in the same district is preferred to it.
    """
    text = _NOT_OF_A_POSTCODE.sub("", visible_signs(postcode).upper())[:_MAX_POSTCODE_LENGTH]
    area = _AREA_LETTERS.match(text)[0] or text[:_AREA_DIGITS]  # type: ignore[index]  # it always matches
    known = _longest_known_prefix(country, text, shortest=len(area))
    if known and len(known.prefix) > len(area):
        return PostcodeLocation(float(known.latitude), float(known.longitude))
    if district := _centre_of_points(country, text):
        return district
    return (
        PostcodeLocation(float(known.latitude), float(known.longitude), area=area)
        if known
        else None
    )


def _longest_known_prefix(country: str, text: str, *, shortest: int) -> PostcodeArea | None:
    prefixes = [text[:length] for length in range(max(shortest, 1), len(text) + 1)]
    known = PostcodeArea.objects.filter(country=country, prefix__in=prefixes)
    return max(known, key=lambda area: len(area.prefix), default=None)


def _centre_of_points(country: str, text: str) -> PostcodeLocation | None:
    """Return the centre of our points in the postcode's district, such as BN7 of BN7 1AA."""
    district = text[:-3] if country == "GB" else text[:_AREA_DIGITS]
    if len(district) < 2:  # noqa: PLR2004  shorter than any district
        return None
    start = f"{district} " if country == "GB" else district  # BN1 must not find BN11
    centre = CollectionPoint.objects.filter(
        country=country, is_active=True, postcode__istartswith=start
    ).aggregate(lat=Avg("latitude"), lon=Avg("longitude"), n=Count("pk"))
    return (
        PostcodeLocation(float(centre["lat"]), float(centre["lon"]), district)
        if centre["n"]
        else None
    )


_MAX_ROWS = 5000  # of one country; more than that needs a carrier's own search


def points_near(*, country: str, postcode: str, limit: int = 6) -> list[FoundPoint]:
    """Return the nearest points of all carriers, nearest first; [] for an unknown postcode."""
    found = [
        point
        for carrier in carriers()
        for point in carrier.near(country=country, postcode=postcode, limit=limit)
    ]
    far = float("inf")
    return sorted(found, key=lambda p: far if p.kilometres is None else p.kilometres)[:limit]


def find_point(code: str) -> Point | None:
    """Return the point with this code, or None when there is none any more."""
    return next((p for carrier in carriers() if (p := carrier.find(code=code))), None)


class ImportedPoints:
    """The `Carrier` of the points that staff have imported."""

    name = "own list"

    def near(self, *, country: str, postcode: str, limit: int) -> list[FoundPoint]:
        """Return the nearest points of the list."""
        here = locate_postcode(country, postcode)
        if here is None:
            return []
        rows = CollectionPoint.objects.filter(country=country, is_active=True)[:_MAX_ROWS]
        found = [_found(row, here) for row in rows]
        return sorted(found, key=lambda point: point.kilometres or 0.0)[:limit]

    def find(self, *, code: str) -> Point | None:
        """Return the point with this code."""
        row = CollectionPoint.objects.filter(code=code, is_active=True).first()
        return _point(row) if row else None


def _found(row: CollectionPoint, here: PostcodeLocation) -> FoundPoint:
    there = float(row.latitude), float(row.longitude)
    far = kilometres((here.latitude, here.longitude), there)
    return FoundPoint(
        _point(row), row.get_kind_display(), row.hours, round(far, 1), measured_from=here.area
    )


def _point(row: CollectionPoint) -> Point:
    return Point(
        code=row.code,
        carrier=row.carrier,
        kind=row.kind,
        name=row.name,
        lines=(row.name, row.street, row.city, row.postcode, _country_name(row.country)),
        country=row.country,
        hours=row.hours,
        kept_days=row.kept_days,
    )


def _country_name(code: str) -> str:
    from django_countries import countries

    with translation.override(settings.LANGUAGE_CODE):  # it stands on labels
        return str(countries.name(code))


LIMITS = Limits(bytes=5 * 1024 * 1024, rows=100_000, cells=1_200_000)
MAX_PROBLEMS = 20
POINT_COLUMNS = (
    "code", "carrier", "kind", "name", "street", "city", "postcode", "country",
    "latitude", "longitude", "hours",
)  # fmt: skip
POSTCODE_COLUMNS = ("country", "prefix", "latitude", "longitude")
_MAX_LENGTHS = {"code": 40, "carrier": 40, "name": 35, "street": 60, "city": 40, "postcode": 12}
_MAX_HOURS_LENGTH = 120

Row = dict[str, object]


class PointsRefused(Exception):  # noqa: N818
    """A CSV of collection points with mistakes; nothing of it was kept."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def import_points(*, content: bytes, replace: bool = False) -> int:
    """Add or renew points by their code; return how many. `replace` switches the others off.

    Raises PointsRefused with row and field of every mistake; then nothing is changed.
    """
    rows = _read(content, POINT_COLUMNS, _imported_point)
    _refuse_duplicates(rows, ("code",))
    with transaction.atomic():
        if replace:
            CollectionPoint.objects.update(is_active=False)
        points = [CollectionPoint(**row, is_active=True) for row in rows]
        CollectionPoint.objects.bulk_create(
            points,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[*POINT_COLUMNS[1:], "kept_days", "is_active"],
        )
    return len(rows)


def import_postcodes(*, content: bytes) -> int:
    """Add or renew where postcodes are; return how many. Raises PointsRefused."""
    rows = _read(content, POSTCODE_COLUMNS, _area)
    _refuse_duplicates(rows, ("country", "prefix"))
    PostcodeArea.objects.bulk_create(
        [PostcodeArea(**row) for row in rows],
        update_conflicts=True,
        unique_fields=["country", "prefix"],
        update_fields=["latitude", "longitude"],
    )
    return len(rows)


def _read(
    content: bytes, columns: tuple[str, ...], read: Callable[[Mapping[str, str]], Row]
) -> list[Row]:
    problems: list[str] = []
    rows: list[Row] = []
    for number, cells in _cells(content, columns):
        try:
            rows.append(read(cells))
        except _FieldWrong as wrong:
            problems.append(f"Row {number}, {wrong}")
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise PointsRefused(problems)
    if not rows:
        raise PointsRefused(["There is no row below the header."])
    return rows


def _cells(content: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row's number, as a spreadsheet counts, with its cells."""
    try:
        content.decode("utf-8-sig")  # a guess would print wrong letters on labels
        table = read_csv(content, LIMITS)
    except UnicodeDecodeError as error:
        raise PointsRefused(["Save the file as CSV in UTF-8."]) from error
    except TableRefused as refused:
        raise PointsRefused([str(refused)]) from refused
    missing = [name for name in columns if name not in table.headings]
    if missing:
        raise PointsRefused([f"Row 1, {missing[0]}: this column is missing."])
    if table.short:
        wrong = f"Row {table.short[0]}: it has another number of cells than the header."
        raise PointsRefused([wrong])
    for number, row in zip(table.numbers, table.rows, strict=True):
        yield number, dict(zip(table.headings, row, strict=True))


class _FieldWrong(ValueError):  # noqa: N818  reads as what it is
    """An invalid cell; `str()` names the field and what is wrong."""


def _imported_point(cells: Mapping[str, str]) -> Row:
    row: Row = {name: _text(cells, name, limit) for name, limit in _MAX_LENGTHS.items()}
    if cells["kind"] not in PointKind.values:
        raise _FieldWrong(f"kind: write one of {', '.join(PointKind.values)}.")
    hours = cells["hours"].strip()
    if len(hours) > _MAX_HOURS_LENGTH or any(sign in hours for sign in "<>\n\r"):
        raise _FieldWrong(
            f"hours: use at most {_MAX_HOURS_LENGTH} characters in one line, without < and >."
        )
    kept = {"kept_days": _kept_days(cells.get("kept_days", ""))}
    return row | kept | {"kind": cells["kind"], "hours": hours} | _position(cells)


def _kept_days(cell: str) -> int:
    """Return how long a parcel waits; the column may be left out."""
    if not cell.strip():
        return USUAL_KEPT_DAYS
    days = parse_id(cell)
    if days is None or not 1 <= days <= MAX_KEPT_DAYS:
        raise _FieldWrong(f"kept_days: write a whole number from 1 to {MAX_KEPT_DAYS}.")
    return days


def _area(cells: Mapping[str, str]) -> Row:
    prefix = _text(cells, "prefix", 12).upper().replace(" ", "")
    return {"prefix": prefix} | _position(cells)


def _position(cells: Mapping[str, str]) -> Row:
    country = cells["country"].strip().upper()
    if country not in dict(countries):
        raise _FieldWrong("country: write a two-letter code, such as GB.")
    return {
        "country": country,
        "latitude": _degrees(cells, "latitude", 90),
        "longitude": _degrees(cells, "longitude", 180),
    }


def _text(cells: Mapping[str, str], name: str, limit: int) -> str:
    try:
        text = clean_line(cells[name], limit=limit)
    except ValueError as error:
        raise _FieldWrong(f"{name}: {error}") from error
    if not text:
        raise _FieldWrong(f"{name}: this cell is empty.")
    return text


def _degrees(cells: Mapping[str, str], name: str, limit: int) -> Decimal:
    try:
        number = Decimal(cells[name].strip())
    except InvalidOperation as error:
        raise _FieldWrong(f"{name}: write degrees, such as 50.87399.") from error
    if not number.is_finite() or abs(number) > limit:
        raise _FieldWrong(f"{name}: write degrees from -{limit} to {limit}.")
    return round(number, 5)


def _refuse_duplicates(rows: list[Row], names: tuple[str, ...]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        key = tuple(row[name] for name in names)
        if key in seen:
            text = f"Row {number}, {names[-1]}: the same as in row {seen[key]}."
            raise PointsRefused([text])
        seen[key] = number


DATA = Path(__file__).resolve().parent / "data"


def load_postcodes() -> int:
    """Add or renew the approximate centres of postcode areas; return how many.

    Finer rows that staff imported have longer prefixes, so they are other rows and stay.
    """
    return import_postcodes(content=(DATA / "postcode_areas.csv").read_bytes())


def load_demo_points() -> int:
    """Add the invented points to a shop that has none of its own; return how many."""
    if CollectionPoint.objects.exists():
        return 0
    return import_points(content=(DATA / "demo_points.csv").read_bytes())

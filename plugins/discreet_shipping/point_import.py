"""Import collection points and the locations of postcodes from CSV: all rows or none.

The plugin ships approximate centres of postcode areas, and points for a demonstration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from django_countries import countries

from plugins.discreet_shipping.models import (
    MAX_KEPT_DAYS,
    USUAL_KEPT_DAYS,
    CollectionPoint,
    PointKind,
    PostcodeArea,
)
from plugins.discreet_shipping.texts import clean_line
from product_content.parsing import parse_id
from product_content.tables import Limits, TableRefused, read_csv

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
    rows = _read(content, POINT_COLUMNS, _point)
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


def _point(cells: Mapping[str, str]) -> Row:
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

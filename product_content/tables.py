"""Tables that staff bring and take away as CSV or XLSX files.

A file is measured before it is read: a workbook of a few kilobytes may unpack to gigabytes, or
claim a million rows. Cells that a spreadsheet would run as a formula are marked on the way out
and come back without the mark.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape

from product_content.decisions import Refused
from product_content.parsing import visible_signs

MAX_COLUMNS = 50
MAX_CELL_LENGTH = 1_000  # characters
MAX_PARTS = 200  # files in a workbook's archive
MAX_UNPACKED = 12 * 1024 * 1024  # bytes of all of them
MAX_UNPACKED_STYLES = 128 * 1024  # bytes of a part that holds no cells
_PARTS_WITH_CELLS = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)

Row = list[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold: `bytes` as it is sent, `rows` with something in them, `cells`."""

    bytes: int = 2 * 1024 * 1024
    rows: int = 10_000
    cells: int = 120_000

    @property
    def tags(self) -> int:
        """The most tags in all parts of a workbook: a cell with its text has up to six."""
        return 6 * self.cells + 2 * self.rows + 5_000


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Table:
    """The headings in small letters, and the filled rows, all as wide, with their numbers.

    Rows are numbered as a spreadsheet numbers them; a line `sep=;` is none. `short` are the numbers
    of those that ended before the headings do.
    """

    headings: Row
    rows: list[Row]
    numbers: list[int]
    short: list[int]


class TableRefused(Refused):
    """The file was not read; `str()` says why, for staff."""


def read_csv(data: bytes, limits: Limits = USUAL) -> Table:
    """Return what is in a CSV file; raises TableRefused.

    Commas, semicolons and tabs are told apart by the first line, or by a line `sep=;`.
    """
    _check_size(data, limits)
    lines = _decoded(data).splitlines(keepends=True)
    delimiter, lines = _delimiter(lines)
    try:
        return _checked(csv.reader(lines, delimiter=delimiter), limits)
    except csv.Error as error:
        raise TableRefused("This is no CSV file: a cell of it does not end.") from error


def read_xlsx(data: bytes, limits: Limits = USUAL) -> Table:
    """Return what is in the first sheet of a workbook; raises TableRefused."""
    _check_size(data, limits)
    _check_archive(data, limits)
    # Loaded here: a tenth of what every worker and command would load to start.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return _checked(_rows_of(book), limits)
    except (InvalidFileException, *_UNREADABLE) as error:
        raise TableRefused("This workbook cannot be read. Save it once more as XLSX.") from error


# What openpyxl raises for archives and parts that are not what they say they are.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError,
    SyntaxError, OSError, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip


def _rows_of(book: Any) -> Iterator[tuple[Any, ...]]:
    # What the sheet says of its own size may be a lie, and a gap counts as empty rows.
    return book.active.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1, values_only=True)


_LAST_ROW = 2**20  # of a sheet of Excel's; a file may name a later one, and the gap would be filled


def formula_safe(value: Any) -> Any:
    """Return the cell, marked with ' if a spreadsheet would take its text for a formula."""
    if isinstance(value, str) and _is_formula(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _is_formula(text: str) -> bool:
    """Say whether it begins like a formula, also behind signs that nobody sees."""
    return bool(_FORMULA.match(text) or visible_signs(text[:MAX_CELL_LENGTH])[:1] in _FORMULA_SIGNS)


def _without_mark(text: str) -> str:
    return text[1:] if text[:1] == "'" and _is_formula(text[1:]) else text


_FORMULA = re.compile(r"[\t\r\n]")
_FORMULA_SIGNS = frozenset("=+-@\N{MINUS SIGN}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


_CHUNK_ROWS = 200  # rows of a file that leave together


def csv_chunks(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 as its rows come, a few hundred at a time; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    for number, row in enumerate(rows, start=1):
        writer.writerow(map(formula_safe, row))
        if number % _CHUNK_ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data


def xlsx_chunks(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Yield a workbook of one sheet as its rows come; no cell is a formula.

    Amounts are numbers, to the last decimal. openpyxl would give nothing before the last row, and
    a proxy does not wait so long for 50,000 of them.
    """
    out = _Outbox()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in _WORKBOOK.items():
            book.writestr(name, _XML + part)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate(chain([headings], rows)):
                sheet.write(f"<row>{''.join(map(_xlsx_cell, row))}</row>".encode())
                if number % _CHUNK_ROWS == 0 and (chunk := out.take()):
                    yield chunk
            sheet.write(b"</sheetData></worksheet>")
    yield out.take()


class _Outbox(io.RawIOBase):
    """A file that cannot be rewound, whose content is taken out while it grows."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK = {  # what belongs to a workbook besides its sheet: ECMA-376, part 1
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _xlsx_cell(cell: Any) -> str:
    if isinstance(cell, int | Decimal):
        return f"<c><v>{cell}</v></c>"
    text = escape(_NOT_IN_XML.sub("", formula_safe("" if cell is None else str(cell))))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _check_size(data: object, limits: Limits) -> None:
    """Raise TableRefused for a file that is too large, or not kept any more (None)."""
    if not isinstance(data, bytes):
        raise TableRefused("There is no such file.")
    if len(data) > limits.bytes:
        raise TableRefused(f"The file is larger than {limits.bytes // 1024**2} MB.")


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, what Excel calls Unicode text (UTF-16), or Windows' Latin."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise TableRefused("This is no CSV file.")
    return text


_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_DELIMITERS = ",;\t"


def _delimiter(lines: list[str]) -> tuple[str, list[str]]:
    """Return what parts the cells, and the lines of the table itself."""
    if not lines:
        return ",", []
    if match := _SEPARATOR_LINE.fullmatch(lines[0]):
        return match[1], lines[1:]
    head = next((line for line in lines if line.strip()), "")
    return max(_DELIMITERS, key=head.count), lines


def _check_archive(data: bytes, limits: Limits) -> None:
    """Raise TableRefused for a workbook that would unpack to more than it may.

    Python never unpacks more of a part than the archive's directory says, so that is enough.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise TableRefused("This is no XLSX workbook.") from error
    parts = archive.infolist()
    others = [part.file_size for part in parts if not _PARTS_WITH_CELLS.fullmatch(part.filename)]
    if (
        len(parts) > MAX_PARTS
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or max(others, default=0) > MAX_UNPACKED_STYLES
        or _tags(archive) > limits.tags
    ):
        raise TableRefused(
            "There is too much in this workbook. Copy the rows into a new one, or save it as CSV."
        )


def _tags(archive: zipfile.ZipFile) -> int:
    """Return how many tags there are: each takes far more memory than it has letters."""
    try:
        return sum(archive.read(part).count(b"<") for part in archive.infolist())
    except _UNREADABLE as error:
        raise TableRefused("This workbook cannot be read. Save it once more as XLSX.") from error


def _checked(rows: Iterable[Iterable[Any]], limits: Limits) -> Table:
    """Return the rows that hold something, all as wide as the headings."""
    filled = _filled(rows, limits)
    _number, headings, _written = next(filled, (0, [], 0))
    if not headings:
        raise TableRefused("There is nothing in this file.")
    width = len(headings)
    table = Table([heading.strip().lower() for heading in headings], [], [], [])
    cells = 0
    for number, row, written in filled:
        cells += len(row)
        if len(table.rows) >= limits.rows or cells > limits.cells:
            raise TableRefused(f"The file has more than {limits.rows} rows. Split it into several.")
        if len(row) > width:
            raise TableRefused(f"Row {number} has more cells than there are headings.")
        table.rows.append([*row, *[""] * (width - len(row))])
        table.numbers.append(number)
        if written < width:
            table.short.append(number)
    return table


_MAX_BLANK_ROWS = 100_000  # that are passed over: a sheet may claim a million


def _filled(rows: Iterable[Iterable[Any]], limits: Limits) -> Iterator[tuple[int, Row, int]]:
    """Return the number, the cells and the written width of each row that holds something."""
    for number, row in enumerate(rows, start=1):
        if number > limits.rows + _MAX_BLANK_ROWS:
            raise TableRefused("This file has too many blank rows. Copy the others into a new one.")
        cells = tuple(row)
        if cells.count(None) != len(cells) and (texts := _texts(cells)):
            yield number, texts, len(cells)


def _texts(row: Iterable[Any]) -> Row:
    """Return the cells as text, without the empty ones at the end; [] for a blank row."""
    cells = [_text(cell) for cell in row]
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise TableRefused(f"The file has more than {MAX_COLUMNS} columns.")
    return cells


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a spreadsheet has no whole numbers
    text = _without_mark("" if cell is None else str(cell))
    if len(text) > MAX_CELL_LENGTH:
        raise TableRefused(f"A cell of this file is longer than {MAX_CELL_LENGTH} characters.")
    return text

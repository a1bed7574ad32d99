"""Files that staff bring and take away: measured before they are read, and never a formula."""

import csv
import io
import json
import os
import resource
import time
import zipfile
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from saleor.warehouse.models import Stock

from plugins.discreet_shipping.collection_points import PointsRefused, import_points
from product_content import tables
from product_content.tables import USUAL, TableRefused, formula_safe, read_csv, read_xlsx
from tests import personas
from tests.factories import ProductFactory, VariantFactory, WarehouseFactory

LIST = "/staff/dashboard/stockitem/"
CSV, XLSX = "0", "1"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1")


@pytest.fixture
def keeper(db):
    return personas.staff("dashboard.manage_stock")


def keep(sku, quantity=5, **fields):
    warehouse = WarehouseFactory(slug="main")
    variant = VariantFactory(sku=sku, **fields)
    return Stock.objects.create(warehouse=warehouse, product_variant=variant, quantity=quantity)


def upload(who, data, kind=CSV):
    data = data.encode() if isinstance(data, str) else data
    file = SimpleUploadedFile("stock.csv", data)
    return who.post(f"{LIST}import/", {"import_file": file, "format": kind, "resource": ""})


def refusals(answer):
    return answer.context["form"].errors.get("import_file", [])


def changes(answer):
    rows = answer.context["result"].rows
    return [(row.instance.product_variant.sku, row.instance.quantity) for row in rows]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data, name, content):
    """Return the workbook with one part in place of its own."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, content)
    return file.getvalue()


def sheet(rows, dimension="A1:A1"):
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return f'{head}<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_no_cell_of_an_export_is_a_formula(keeper, kind, text):
    keep(text, product=ProductFactory(name=f"{text} set"), name=text)
    answer = keeper.post(f"{LIST}export/", {"format": kind, "resource": ""})
    cells = [cell for row in exported(answer.content, kind)[1:] for cell in row]
    assert [cell for cell in cells if str(cell)[:1] in "=+-@\t\r" and str(cell)] == []
    assert f"'{text}" in cells or f"'{text}".replace("\r", "\n") in cells


def exported(content, kind):
    if kind == CSV:
        return list(csv.reader(io.StringIO(content.decode(), newline="")))
    sheet = load_workbook(io.BytesIO(content)).active
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    return [
        ["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)
    ]


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_what_was_marked_comes_back_as_it_was(keeper, kind):
    keep("=HYPERLINK(1)")
    out = keeper.post(f"{LIST}export/", {"format": kind, "resource": ""})
    back = upload(keeper, out.content, kind)
    assert "0 of 1 lines change something" in back.content.decode()


@given(st.text())
def test_a_marked_text_is_read_as_it_was_and_starts_no_formula(text):
    marked = formula_safe(text)
    assert marked in (text, f"'{text}")
    if marked != text:
        assert tables._without_mark(marked) == text


@pytest.mark.parametrize("number", ["-5", "12", "-0.5", 7, -7, None, 2.5])
def test_numbers_stay_numbers(number):
    assert formula_safe(number) == number


HEAD = ("sku", "warehouse", "on_hand")
ROWS = (HEAD, ("S-0", "main", "9"))


@pytest.mark.parametrize(
    "data",
    [
        "sku,warehouse,on_hand\nS-0,main,9\n",
        "sku;warehouse;on_hand\r\nS-0;main;9\r\n",
        "sku\twarehouse\ton_hand\nS-0\tmain\t9\n",
        "sep=;\r\nsku;warehouse;on_hand\r\nS-0;main;9\r\n",
        '"sep=,"\nsku,warehouse,on_hand\nS-0,main,9\n',
        "\ufeffSKU, Warehouse ,on_hand\n s-0 ,MAIN,9\n",
        "\n,,\n\nsku,warehouse,on_hand\n\n,,\nS-0,main,9\n   \n,,,,\n",
        "sku,warehouse,on_hand,,\nS-0,main,9,,\n",
        "sku;warehouse;on_hand\nS-0;main;9".encode("utf-16"),
        "sku,warehouse,on_hand,product\nS-0,main,9,Größe".encode("cp1252"),
    ],
    ids=[
        "comma",
        "semicolon",
        "tab",
        "sep",
        "quoted sep",
        "typed",
        "blank",
        "wide",
        "utf-16",
        "latin",
    ],
)
def test_files_of_every_spreadsheet_are_understood(keeper, data):
    keep("S-0")
    assert changes(upload(keeper, data)) == [("S-0", 9)]


def test_blank_rows_of_a_workbook_are_passed_over(keeper):
    keep("S-0")
    data = workbook([], HEAD, [], [None, "", " "], ("s-0 ", "main", 9.0), *[[]] * 50)
    assert changes(upload(keeper, data, XLSX)) == [("S-0", 9)]


def test_one_sku_in_two_spellings_stands_in_the_file_twice(keeper):
    keep("S-0")
    answer = upload(keeper, "sku,warehouse,on_hand\nS-0,main,9\ns-0,main,8\n")
    assert "stand in the file twice" in answer.content.decode()
    assert Stock.objects.get().quantity == 5


TOO_MANY_ROWS = "sku,warehouse,on_hand\n" + "A,main,1\n" * (USUAL.rows + 1)
REFUSED_CSV = {
    "bytes": b"x" * (USUAL.bytes + 1),
    "rows": TOO_MANY_ROWS.encode(),
    "columns": ("," * 60 + "x\n").encode(),
    "wider than its headings": b"sku,warehouse,on_hand\nA,main,1,2\n",
    "long cell": b"sku,warehouse,on_hand\n" + b"A" * 1001 + b",main,1\n",
    "open quote": b'sku,warehouse,on_hand\n"' + b"A" * 140_000,
    "nul": b"sku,warehouse,on_hand\nA\0,main,1\n",
    "nothing": b"\n\n,,\n",
    "no text": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("data", REFUSED_CSV.values(), ids=REFUSED_CSV)
def test_csv_that_is_too_much_or_no_table_is_refused_in_words(keeper, data):
    answer = upload(keeper, data)
    assert answer.status_code == 200
    assert len(refusals(answer)) == 1
    assert "confirm_form" not in answer.context


PLAIN = workbook(*ROWS)
FAR_ROW = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


def many_parts():
    file = io.BytesIO(PLAIN)
    with zipfile.ZipFile(file, "a") as book:
        for number in range(300):
            book.writestr(f"xl/{number}.xml", "")
    return file.getvalue()


REFUSED_XLSX = {  # made by the test: to pack some of them takes long
    "no archive": lambda: b"sku,warehouse,on_hand\n",
    "an archive of something else": partial(with_part, b"PK\x05\x06" + b"\0" * 18, "x", "y"),
    "a bomb": lambda: with_part(PLAIN, SHEET, sheet(" " * 40_000_000)),
    "a bomb beside the sheet": lambda: with_part(PLAIN, "xl/media/x.png", "0" * 40_000_000),
    "styles without end": partial(
        with_part, PLAIN, "xl/styles.xml", "<styleSheet>" + "<xf/>" * 300_000
    ),
    "a last row far away": partial(with_part, PLAIN, SHEET, sheet(FAR_ROW)),
    "a row past the end": partial(
        with_part, PLAIN, SHEET, sheet('<row r="99999999999"><c r="A1"/></row>')
    ),
    "entities": partial(with_part, PLAIN, SHEET, ENTITIES + sheet("&b;")),
    "broken": partial(with_part, PLAIN, SHEET, "<worksheet>"),
    "no sheet": partial(with_part, PLAIN, "xl/workbook.xml", "<workbook/>"),
    "cut off": lambda: PLAIN[: len(PLAIN) // 2],
    "many parts": many_parts,
}


@pytest.mark.parametrize("make", REFUSED_XLSX.values(), ids=REFUSED_XLSX)
def test_workbook_that_is_too_much_or_none_is_refused_in_words(keeper, make):
    data = make()
    assert len(data) < USUAL.bytes
    answer = upload(keeper, data, XLSX)
    assert answer.status_code == 200
    assert len(refusals(answer)) == 1


def test_a_workbook_that_lies_about_its_size_is_read_by_what_is_in_it():
    cells = "".join(
        f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>'
        for c, h in zip("ABC", HEAD, strict=True)
    )
    data = with_part(PLAIN, SHEET, sheet(f'<row r="1">{cells}</row>', "A1:XFD1048576"))
    assert read_xlsx(data).headings == list(HEAD)


MAX_MEMORY = 256 * 1024**2  # bytes by which reading a file may make a process grow
KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
PART = (
    '<Override PartName="/xl/{}.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"/>'
)
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def largest_csv():
    row = ",".join(["1234567"] * (USUAL.cells // USUAL.rows))
    return "\n".join([row] * (USUAL.rows + 1)).encode()


def largest_workbook():
    cells = USUAL.cells // USUAL.rows
    return workbook(*[[f"x{number}"] * cells for number in range(USUAL.rows + 1)])


def worst_styles():
    xf = "<xf/>" * ((tables.MAX_UNPACKED_STYLES - 200) // 5)
    styles = f'<styleSheet xmlns="{NAMESPACE}"><cellXfs>{xf}</cellXfs></styleSheet>'
    return with_part(PLAIN, "xl/styles.xml", styles)


def worst_strings():
    strings = "<si><t/></si>" * (USUAL.tags // 3 - 2000)
    book = with_part(PLAIN, "xl/sharedStrings.xml", f'<sst xmlns="{NAMESPACE}">{strings}</sst>')
    kinds = f"<Types xmlns={KINDS!r}>{PART.format('worksheets/sheet1', 'worksheet')}"
    kinds += (
        f"{PART.format('workbook', 'sheet.main')}{PART.format('sharedStrings', 'sharedStrings')}"
    )
    return with_part(book, "[Content_Types].xml", f"{kinds}</Types>")


def worst_cells():
    row = '<row r="2">' + "<c/>" * (USUAL.tags - 2000) + "</row>"
    return with_part(PLAIN, SHEET, sheet(row))


def worst_nesting():
    row = "<c>" * (USUAL.tags // 2 - 2000) + "</c>" * (USUAL.tags // 2 - 2000)
    return with_part(PLAIN, SHEET, sheet(row))


def in_a_process_of_its_own(read, data):
    """Return how many rows were read, by how many bytes the process grew, its seconds of CPU.

    A fork's largest size begins at what it has; Python's own count would take four times as long.
    """
    told, tell = os.pipe()
    if not (child := os.fork()):
        try:
            os.write(tell, json.dumps(measured(read, data)).encode())
        finally:
            os._exit(0)  # else it would go on with the tests
    os.close(tell)
    with os.fdopen(told) as answer:
        found = json.load(answer)
    os.waitpid(child, 0)
    return found


def measured(read, data):
    before, begun = largest_size(), time.process_time()
    try:
        rows = len(read(data).rows)
    except TableRefused:
        rows = 0
    return rows, largest_size() - before, time.process_time() - begun


def largest_size():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # it is told in kilobytes


@pytest.mark.parametrize(
    ("read", "make"),
    [(read_csv, largest_csv), (read_xlsx, largest_workbook), (read_xlsx, worst_styles),
     (read_xlsx, worst_strings), (read_xlsx, worst_cells), (read_xlsx, worst_nesting)],
    ids=["csv", "workbook", "styles", "strings", "cells", "nesting"],
)  # fmt: skip
def test_the_largest_file_takes_bounded_memory(read, make, record_property):
    data = make()
    assert len(data) <= USUAL.bytes
    rows, peak, seconds = in_a_process_of_its_own(read, data)
    record_property("measured", f"{make.__name__}: {peak / 1024**2:.0f} MB, {seconds:.1f} s")
    assert peak < MAX_MEMORY
    assert rows == (USUAL.rows if make in (largest_csv, largest_workbook) else min(rows, 1))


@pytest.mark.parametrize(
    "sent",
    [
        {"import_file_name": "f" * 32, "original_file_name": "x.csv", "format": CSV},
        {"import_file_name": "../../etc/passwd", "original_file_name": "x", "format": XLSX},
        {"import_file_name": "f" * 32, "original_file_name": "x.csv", "format": "9"},
        {"import_file_name": "f" * 32, "original_file_name": "x.csv", "format": "abc"},
        {"import_file_name": "f" * 32, "original_file_name": "x", "format": CSV, "resource": "7"},
        {"import_file_name": "x" * 5000, "original_file_name": "x", "format": CSV},
        {},
    ],
)
def test_a_confirmation_of_no_kept_file_is_asked_for_it_again(keeper, sent):
    keep("S-0")
    answer = keeper.post(f"{LIST}process_import/", sent, follow=True)
    assert answer.redirect_chain == [(f"{LIST}import/", 302)]
    assert "This file is not kept any more" in answer.content.decode()
    assert Stock.objects.get().quantity == 5


POINT = "lew-1,Own,shop,Corner shop,1 High Street,Lewes,BN7 1AA,GB,50.87,0.01,"
COLUMNS = "code,carrier,kind,name,street,city,postcode,country,latitude,longitude,hours"


@pytest.mark.parametrize(
    "text", [f"sep=;\n{COLUMNS}\n{POINT}", f"\n{COLUMNS}\n\n{POINT}\n,,,,\n"], ids=["sep", "blank"]
)
def test_collection_points_are_read_by_the_same_rules(db, text):
    if "sep" in text:
        text = text.replace(",", ";")
    assert import_points(content=text.encode()) == 1


@pytest.mark.parametrize("text", [f"{COLUMNS}\n{POINT}\0", "x" * 6_000_000, '"' + "x" * 200_000])
def test_collection_points_that_are_no_table_are_refused(db, text):
    with pytest.raises(PointsRefused):
        import_points(content=text.encode())

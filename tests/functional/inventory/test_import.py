"""Stock from a file: dry run, every mistake named, all lines or none."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from saleor.warehouse.models import Stock

from plugins.inventory.ledger import check_ledger
from plugins.inventory.models import ReorderPoint, StockEntry
from tests import personas
from tests.factories import ProductFactory, VariantFactory
from tests.functional.inventory.conftest import keep

pytestmark = pytest.mark.django_db

LIST = "/staff/dashboard/stockitem/"
CSV, XLSX = "0", "1"


@pytest.fixture
def stocks(warehouse):
    product = ProductFactory()
    return [keep(VariantFactory(sku=f"S-{n}", product=product), warehouse, 5) for n in range(3)]


def upload(who, text):
    name = SimpleUploadedFile("stock.csv", text.encode(), content_type="text/csv")
    return who.post(f"{LIST}import/", {"import_file": name, "format": CSV, "resource": ""})


def confirm(who, answer):
    form = answer.context["confirm_form"]
    return who.post(f"{LIST}process_import/", form.initial)


def quantities():
    return list(Stock.objects.order_by("pk").values_list("quantity", flat=True))


def said(answer):
    return [
        f"{row.number} {field}: {errors[0]}"
        for row in answer.context["result"].invalid_rows
        for field, errors in row.field_specific_errors.items()
    ]


def test_the_dry_run_shows_what_would_change_and_changes_nothing(keeper, stocks):
    answer = upload(keeper, "sku,warehouse,on_hand,reorder_point\nS-0,main,9,4\nS-1,main,5,\n")
    html = answer.content.decode()
    assert "1 of 2 lines change something" in html
    assert "<del>5</del> → <ins>9</ins>" in html
    assert quantities() == [5, 5, 5]
    assert not StockEntry.objects.exclude(reason="opening").exists()

    assert confirm(keeper, answer).status_code == 302
    assert quantities() == [9, 5, 5]
    assert ReorderPoint.objects.get().pieces == 4
    entry = StockEntry.objects.get(reason="imported")
    assert (entry.before, entry.after, entry.note) == (5, 9, "stock.csv")
    assert entry.actor.is_staff


def test_each_mistake_is_named_by_row_and_field_and_nothing_is_taken(keeper, stocks):
    answer = upload(
        keeper,
        "sku,warehouse,on_hand,on_hand_when_exported,reorder_point\n"
        "S-0,main,9,5,\nS-1,main,many,5,\nS-2,main,2,4,\nNOPE,main,1,1,\n"
        "S-0,elsewhere,1,1,\nS-0,main,8,5,\nS-1,main,8,4,-1\n",
    )
    assert said(answer) == [
        "2 on_hand: “many” is not a whole number.",
        "3 on_hand: Someone changed this stock meanwhile: it is 5 now, not 4.",
        "4 sku: There is no stock of “NOPE” in “main”.",
        "5 sku: There is no stock of “S-0” in “elsewhere”.",
        "6 sku: This SKU and warehouse stand in the file twice.",
        "7 sku: This SKU and warehouse stand in the file twice.",
    ]
    assert "Row 2, on_hand" in answer.content.decode()
    assert "confirm_form" not in answer.context
    assert quantities() == [5, 5, 5]


def test_a_line_that_was_not_edited_keeps_what_was_sold_meanwhile(keeper, stocks):
    Stock.objects.filter(pk=stocks[0].pk).update(quantity=4)
    head = "sku,warehouse,on_hand,on_hand_when_exported\n"
    untouched = upload(keeper, f"{head}S-0,main,5,5\nS-1,main,6,5\n")
    confirm(keeper, untouched)
    assert quantities() == [4, 6, 5]
    edited = upload(keeper, f"{head}S-0,main,7,5\n")
    assert said(edited) == ["1 on_hand: Someone changed this stock meanwhile: it is 4 now, not 5."]


def test_a_change_between_dry_run_and_confirmation_takes_all_back(keeper, stocks):
    head = "sku,warehouse,on_hand,on_hand_when_exported\n"
    answer = upload(keeper, f"{head}S-1,main,9,5\nS-0,main,9,5\n")
    Stock.objects.filter(pk=stocks[0].pk).update(quantity=4)
    page = keeper.get(confirm(keeper, answer).url).content.decode()
    assert "Nothing was imported: the stock changed meanwhile." in page
    assert quantities() == [4, 5, 5]


def test_what_goes_out_as_xlsx_comes_back_in_unchanged(keeper, stocks):
    answer = keeper.post(f"{LIST}export/", {"format": XLSX, "resource": ""})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert set(rows[0]) >= {"sku", "warehouse", "on_hand", "reserved", "available", "days_left"}
    assert len(rows) == 4

    file = SimpleUploadedFile("stock.xlsx", answer.content)
    back = keeper.post(f"{LIST}import/", {"import_file": file, "format": XLSX, "resource": ""})
    assert "0 of 3 lines change something" in back.content.decode()


def test_five_thousand_lines_name_the_wrong_one_then_are_taken(keeper, warehouse):
    product = ProductFactory()
    variants = type(product).variants.rel.related_model.objects.bulk_create(
        VariantFactory.build(sku=f"L-{n}", product=product) for n in range(5000)
    )
    Stock.objects.bulk_create(
        Stock(warehouse=warehouse, product_variant=variant, quantity=5) for variant in variants
    )
    lines = [f"L-{n},main,{n + 6}" for n in range(5000)]
    wrong = [*lines[:3210], "L-3210,main,-4", *lines[3211:]]

    answer = upload(keeper, "\n".join(["sku,warehouse,on_hand", *wrong]))
    assert said(answer) == ["3211 on_hand: Write a number from 0 to 1000000."]
    assert set(quantities()) == {5}
    progress = keeper.get(f"{LIST}import/progress/").json()
    assert progress == {"done": 5000, "total": 5000}

    confirm(keeper, upload(keeper, "\n".join(["sku,warehouse,on_hand", *lines])))
    assert quantities() == [n + 6 for n in range(5000)]
    assert StockEntry.objects.filter(reason="imported").count() == 5000
    assert check_ledger().differences == ()


def test_files_are_for_those_who_keep_stock(stocks):
    for who, status in (
        (personas.anonymous(), 302),
        (personas.staff("order.manage_orders"), 403),
        (personas.staff("product.manage_products"), 403),
    ):
        for page in ("import/", "export/", "import/progress/"):
            assert who.get(f"{LIST}{page}").status_code == status
        assert upload(who, "sku,warehouse,on_hand\nS-0,main,9\n").status_code == status
    assert quantities() == [5, 5, 5]

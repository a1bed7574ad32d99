"""Many prices at once: seen before, applied once from a moment on, undone; and sales."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from saleor.discount.models import Sale
from saleor.product.models import Product, ProductVariant

from dashboard.tasks import apply_price_changes
from product_content.models import PriceChange
from product_content.price_changes import (
    PricesRefused,
    apply_due_changes,
    digest_of,
    listed_prices,
    percent_prices,
    plan_change,
    round_price,
    undo_change,
)
from product_content.prices import PRICED, price_of_variant, sales_at, unit_prices_in
from tests import personas
from tests.factories import CategoryFactory, ProductFactory, VariantFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once

pytestmark = pytest.mark.django_db
PAGE = "/staff/product_content/pricechange/"


@pytest.fixture
def manager():
    return personas.in_role("Manager")


def plan(prices, *, ago=timedelta(seconds=1)):
    return plan_change(
        prices=prices, shown=digest_of(prices), starts_at=timezone.now() - ago, description="x"
    )


def price(variant):
    return price_of_variant(ProductVariant.objects.get(pk=variant.pk)).amount


@pytest.mark.parametrize(
    ("before", "rounding", "currency", "after"),
    [
        ("51.449", "exact", "GBP", "51.45"),
        ("51.445", "exact", "GBP", "51.45"),
        ("0.001", "exact", "GBP", "0.01"),
        ("51.45", "whole", "GBP", "51.00"),
        ("51.50", "whole", "GBP", "52.00"),
        ("0.20", "whole", "GBP", "1.00"),
        ("51.45", "99", "GBP", "50.99"),
        ("51.49", "99", "GBP", "51.99"),
        ("0.10", "99", "GBP", "0.99"),
        ("51.45", "95", "GBP", "51.95"),
        ("5145.5", "exact", "JPY", "5146"),
        ("5145.5", "99", "JPY", "5146"),
    ],
)
def test_prices_are_rounded_by_the_rule(before, rounding, currency, after):
    assert round_price(Decimal(before), rounding, currency) == Decimal(after)


def test_a_share_changes_products_and_variants_with_a_price_of_their_own():
    one = variant_in_stock(1, price="49.00", sku="A-1")
    own = VariantFactory(sku="A-2", product=one.product, price_override_amount="20.00")
    other = variant_in_stock(1, price="10.00", sku="B-1")
    plan(percent_prices(percent=Decimal(10), rounding="exact"))
    assert (price(one), price(own), price(other)) == (49, 20, 10)
    assert apply_due_changes() == 1
    assert (price(one), price(own), price(other)) == (Decimal("53.90"), 22, 11)
    assert apply_price_changes() == 0
    assert price(one) == Decimal("53.90")
    assert Product.objects.get(pk=one.product_id).minimal_variant_price_amount == 22


def test_only_a_category_changes_and_only_from_the_moment_on():
    chosen = CategoryFactory(slug="chosen", name="Chosen")
    one = variant_in_stock(1, price="10.00", product__category=chosen)
    other = variant_in_stock(1, price="10.00")
    prices = percent_prices(percent=Decimal(-50), rounding="exact", category_id=chosen.pk)
    plan(prices, ago=-timedelta(hours=1))
    assert apply_due_changes() == 0
    assert apply_due_changes(timezone.now() + timedelta(hours=2)) == 1
    assert (price(one), price(other)) == (5, 10)


def test_a_price_that_was_changed_meanwhile_is_left_alone_and_an_undo_too():
    one, other = variant_in_stock(1, price="10.00"), variant_in_stock(1, price="20.00")
    change = plan(percent_prices(percent=Decimal(10), rounding="exact"))
    Product.objects.filter(pk=one.product_id).update(price_amount="15.00")
    apply_due_changes()
    assert (price(one), price(other)) == (15, 22)
    assert [line.product_id for line in change.lines.filter(skipped=True)] == [one.product_id]
    undo = undo_change(change_id=change.pk)
    apply_due_changes()
    assert (price(one), price(other)) == (15, 20)
    assert undo.undoes == change
    with pytest.raises(PricesRefused, match="undone already"):
        undo_change(change_id=change.pk)


def test_a_list_names_a_variant_or_the_product_of_an_only_one():
    alone = variant_in_stock(1, price="10.00", sku="ALONE")
    shared = ProductFactory(price_amount="10.00")
    first, second = (VariantFactory(sku=f"S-{n}", product=shared) for n in (1, 2))
    plan(listed_prices([(2, "alone", "12.50"), (3, "S-1", "8")]))
    apply_due_changes()
    assert (price(alone), price(first), price(second)) == (Decimal("12.50"), 8, 10)
    undo_change(change_id=PriceChange.objects.get().pk)
    apply_due_changes()
    assert ProductVariant.objects.get(pk=first.pk).price_override_amount is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((2, "NONE", "1.00"), "Row 2, sku: there is no “NONE”."),
        ((2, "A-1", "free"), "Row 2, price: write an amount"),
        ((2, "A-1", "0"), "Row 2, price: write an amount"),
        ((2, "A-1", "1.005"), "Row 2, price: write an amount"),
        ((2, "A-1", "NaN"), "Row 2, price: write an amount"),
        ((2, "A-1", "1e9"), "Row 2, price: write an amount"),
    ],
)
def test_a_bad_row_is_named_and_nothing_changes(row, said):
    variant_in_stock(1, price="10.00", sku="A-1")
    with pytest.raises(PricesRefused) as refused:
        listed_prices([row])
    assert said in str(refused.value)


def test_what_was_not_shown_is_not_planned():
    one = variant_in_stock(1, price="10.00")
    shown = digest_of(percent_prices(percent=Decimal(10), rounding="exact"))
    Product.objects.filter(pk=one.product_id).update(price_amount="11.00")
    with pytest.raises(PricesRefused, match="look at them once more"):
        plan_change(
            prices=percent_prices(percent=Decimal(10), rounding="exact"), shown=shown,
            starts_at=timezone.now(), description="x",
        )  # fmt: skip
    assert not PriceChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_apply_a_change_once():
    one = variant_in_stock(1, price="10.00")
    plan(percent_prices(percent=Decimal(10), rounding="exact"))
    assert sorted(at_once(*[apply_due_changes] * 4)) == [0, 0, 0, 1]
    assert price(one) == 11


def form(**fields):
    return {
        "percent": "", "category": "", "rounding": "exact", "prices": "", "starts_at": "",
        **fields,
    }  # fmt: skip


def test_a_manager_looks_plans_and_undoes(manager):
    one = variant_in_stock(1, price="10.00", product__name="Plain")
    looked = manager.post(f"{PAGE}plan/", form(percent="10"))
    html = looked.content.decode()
    assert "1 price would change" in html
    assert "£11.00" in html
    sent = form(percent="10", shown=looked.context["shown"], plan="1")
    assert manager.post(f"{PAGE}plan/", sent).status_code == 302
    change = PriceChange.objects.get()
    assert change.description == "+10 %, all products. To the smallest coin"
    apply_price_changes()
    assert "Undo by a new change" in manager.get(f"{PAGE}{change.pk}/change/").content.decode()
    assert manager.get(f"{PAGE}{change.pk}/undo/").status_code == 302
    assert PriceChange.objects.count() == 1
    manager.post(f"{PAGE}{change.pk}/undo/")
    apply_price_changes()
    assert price(one) == 10
    assert LogEntry.objects.filter(object_id=change.pk).exists()


def test_a_file_is_sent_once_and_a_planned_change_can_be_cancelled(manager):
    one = variant_in_stock(1, price="10.00", sku="A-1")
    file = SimpleUploadedFile("prices.csv", b"sku;price\nA-1;12.50\n")
    looked = manager.post(f"{PAGE}plan/", form(file=file))
    assert "A-1;12.50" in looked.content.decode()
    sent = form(prices="sku;price\nA-1;12.50", shown=looked.context["shown"], plan="1")
    manager.post(f"{PAGE}plan/", sent)
    change = PriceChange.objects.get()
    manager.post(f"{PAGE}{change.pk}/cancel/")
    assert apply_price_changes() == 0
    assert price(one) == 10


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (form(), "Write a percentage, or bring a list"),
        (form(percent="5", prices="sku;price\nA;1"), "Write a percentage, or bring a list"),
        (form(percent="-100"), "greater than or equal to -99"),
        (form(percent="5"), "No price would change."),
        (form(prices="sku\nA"), "Row 1, price: this column is missing."),
        (form(prices="sku;price\nA;1"), "Row 2, sku: there is no “A”."),
        (form(percent="5", starts_at="9999-12-31T10:00"), "Write a year from"),
    ],
)
def test_a_form_that_says_nothing_is_answered_in_words(manager, sent, said):
    answer = manager.post(f"{PAGE}plan/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor", "Support"])
def test_others_change_no_prices(role):
    variant_in_stock(1, price="10.00")
    change = plan(percent_prices(percent=Decimal(10), rounding="exact"))
    who = personas.in_role(role)
    assert who.post(f"{PAGE}plan/", form(percent="10")).status_code == 403
    assert who.post(f"{PAGE}{change.pk}/cancel/").status_code == 403
    assert who.post(f"{PAGE}{change.pk}/undo/").status_code == 403
    assert who.get("/staff/discount/sale/").status_code == 403
    assert PriceChange.objects.get().state == "planned"


def sale(**fields):
    return {
        "name": "Week", "type": "percentage", "value": "20", "products": [], "categories": [],
        "collections": [], "start_date_0": "2026-01-01", "start_date_1": "00:00:00",
        "end_date_0": "", "end_date_1": "", **fields,
    }  # fmt: skip


def test_a_sale_lowers_the_price_for_its_time(manager):
    one = variant_in_stock(1, price="10.00")
    answer = manager.post("/staff/discount/sale/add/", sale(products=[one.product_id]))
    assert answer.status_code == 302, answer.context["errors"]
    shown = unit_prices_in(sales_at(timezone.now(), [_priced(one)]), [_priced(one)])
    assert (shown[one.pk].price.amount, shown[one.pk].full.amount) == (8, 10)


def _priced(variant):
    return ProductVariant.objects.annotate(**PRICED).get(pk=variant.pk)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "0"}, "Nothing would be taken off."),
        ({"value": "100"}, "Less than 100 % can be taken off."),
        ({}, "Choose what is on sale"),
        ({"end_date_0": "2025-01-01", "end_date_1": "00:00:00"}, "It would end before it begins."),
    ],
)
def test_a_sale_that_makes_no_sense_is_refused(manager, fields, said):
    answer = manager.post("/staff/discount/sale/add/", sale(**fields))
    assert said in answer.content.decode()
    assert not Sale.objects.exists()

"""Figures of shops in yen and dinars: pages, files, cost prices, gift cards, each by its currency."""

import csv
import io
from decimal import Decimal

import pytest
from prices import Money
from saleor.product.models import Product
from saleor.shipping.models import ShippingMethod

from plugins.inventory.models import PurchaseOrder, Supplier, SupplierItem
from plugins.ordering.refunds import request_refund
from tests import personas
from tests.factories import WarehouseFactory, basket, variant_in_stock
from tests.functional.taxes.conftest import buy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sold_in(settings):
    """Return a function that buys two pieces in a currency and gives a part back."""

    def sell(currency, price, delivery, back):
        settings.DEFAULT_CURRENCY = currency
        checkout = basket((variant_in_stock(9), 2))
        Product.objects.update(currency=currency, price_amount=Decimal(price))
        ShippingMethod.objects.update(currency=currency, price_amount=Decimal(delivery))
        type(checkout).objects.filter(pk=checkout.pk).update(currency=currency)
        order = buy(type(checkout).objects.get(pk=checkout.pk))
        request_refund(
            order_id=order.pk, key="part", reason="x", amount=Money(Decimal(back), currency)
        )
        return order

    return sell


def exported(manager, report):
    answer = manager.get(f"/staff/exports/{report}.csv")
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("currency", "price", "delivery", "back", "total", "credited", "left"),
    [
        ("JPY", "9790", "650", "525", "20230", "525", "19705"),
        ("KWD", "12.35", "1.25", "5.25", "25.950", "5.250", "20.700"),
        ("USD", "89.99", "3.50", "5.25", "183.48", "5.25", "178.23"),
    ],
)
def test_files_and_pages_have_the_decimals_of_the_currency(
    sold_in, currency, price, delivery, back, total, credited, left
):
    sold_in(currency, price, delivery, back)
    manager = personas.in_role("Manager")

    [order] = exported(manager, "orders")
    assert (order["currency"], order["total"], order["credited"]) == (currency, total, credited)
    [refund] = exported(manager, "refunds")
    assert (refund["amount"], refund["to_payments"]) == (credited, credited)
    [payment] = exported(manager, "payments")
    assert payment["amount"] == total
    [day] = exported(manager, "days")
    assert (day["sold"], day["credited"], day["net_sales"]) == (total, credited, left)
    page = manager.get("/staff/reports/").content.decode()
    assert f">{left}<" in page
    assert f">{left}.00<" not in page


@pytest.mark.parametrize(
    ("currency", "typed", "shown", "in_file", "worth"),
    [
        ("JPY", "735", "735", "735", "8820"),
        ("KWD", "1.235", "1.235", "1.235", "14.820"),
        ("USD", "7.35", "7.35", "7.35", "88.20"),
    ],
)
def test_cost_prices_have_the_decimals_that_suppliers_write(
    settings, currency, typed, shown, in_file, worth
):
    settings.DEFAULT_CURRENCY = currency
    variant, warehouse = variant_in_stock(12, sku="CALM"), WarehouseFactory(slug="main")
    keeper = personas.in_role("Inventory keeper")
    supplier = Supplier.objects.create(name="Maker")
    order = PurchaseOrder.objects.create(supplier=supplier, warehouse=warehouse)
    form = {
        "supplier": supplier.pk, "warehouse": warehouse.pk, "note": "", "expected_on": "",
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-0-variant": variant.pk,
        "lines-0-pieces": 12, "lines-0-cost_value": typed, "lines-0-order": order.pk,
    }  # fmt: skip
    page = f"/staff/inventory/purchaseorder/{order.pk}/"
    answer = keeper.post(f"{page}change/", form)
    assert answer.status_code == 302, answer.content.decode()

    assert (
        f'name="lines-0-cost_value" value="{shown}"'
        in keeper.get(f"{page}change/").content.decode()
    )
    written = keeper.get(f"{page}order.csv").content.decode()
    assert f",12,{in_file},{currency}" in written
    SupplierItem.objects.create(supplier=supplier, variant=variant, cost_value=typed)
    [stock] = exported(personas.in_role("Manager"), "stock-value")
    assert (stock["cost_price"], stock["value"]) == (in_file, worth)


@pytest.mark.parametrize(("currency", "typed"), [("JPY", "735.50"), ("USD", "7.355")])
def test_a_cost_price_of_less_than_the_smallest_coin_is_refused(settings, currency, typed):
    settings.DEFAULT_CURRENCY = currency
    keeper = personas.in_role("Inventory keeper")
    page = keeper.post(
        "/staff/inventory/supplier/add/",
        {
            "name": "Maker", "is_active": "on", "items-TOTAL_FORMS": 1, "items-INITIAL_FORMS": 0,
            "items-0-variant": variant_in_stock(1).pk, "items-0-cost_value": typed,
        },
    )  # fmt: skip
    assert page.status_code == 200
    assert "decimal place" in page.content.decode()
    assert not Supplier.objects.exists()

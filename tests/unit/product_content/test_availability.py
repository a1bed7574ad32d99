"""What can still be sold: all warehouses that serve the country, less what orders hold."""

import pytest
from saleor.order.models import Order, OrderLine
from saleor.shipping.models import ShippingZone
from saleor.warehouse.models import Allocation, Stock, Warehouse

from product_content.selectors import availability, list_sets
from tests.factories.catalogue import VariantFactory, variant_in_stock

pytestmark = pytest.mark.django_db


def hold(stock, quantity):
    """Let an order hold some pieces of a stock."""
    order = Order.objects.create(total_net_amount=0, total_gross_amount=0, token=f"{stock.pk}")
    line = OrderLine.objects.create(
        order=order,
        variant=stock.product_variant,
        product_name="",
        product_sku="",
        is_shipping_required=True,
        quantity=quantity,
        unit_price_net_amount=0,
        unit_price_gross_amount=0,
        currency="GBP",
    )
    return Allocation.objects.create(order_line=line, stock=stock, quantity_allocated=quantity)


def test_two_warehouses_with_ten_each_have_twenty():
    variant = variant_in_stock(10, 10)

    assert availability([variant.pk], "GB") == {variant.pk: 20}
    assert availability([variant.pk]) == {variant.pk: 20}


def test_what_orders_hold_is_not_available():
    variant = variant_in_stock(10, 10)
    first, second = Stock.objects.order_by("pk")
    hold(first, 3)
    hold(second, 4)

    assert availability([variant.pk], "GB") == {variant.pk: 13}


def test_a_spent_allocation_holds_nothing():
    variant = variant_in_stock(10)
    spent = hold(Stock.objects.get(), 3)
    Allocation.objects.filter(pk=spent.pk).update(quantity_allocated=0)

    assert availability([variant.pk], "GB") == {variant.pk: 10}


def test_it_is_never_negative():
    variant = variant_in_stock(2)
    hold(Stock.objects.get(), 5)

    assert availability([variant.pk], "GB") == {variant.pk: 0}


def test_only_warehouses_that_send_to_the_country_count():
    variant = variant_in_stock(10, 5)
    abroad = ShippingZone.objects.create(name="Abroad", countries=["FR"])
    second = Warehouse.objects.get(slug="test-warehouse-1")
    second.shipping_zones.set([abroad])

    assert availability([variant.pk], "GB") == {variant.pk: 10}
    assert availability([variant.pk], "FR") == {variant.pk: 5}
    assert availability([variant.pk], "DE") == {variant.pk: 0}
    assert availability([variant.pk]) == {variant.pk: 15}


def test_a_warehouse_in_two_zones_with_the_country_counts_once():
    variant = variant_in_stock(10)
    more = ShippingZone.objects.create(name="More", countries=["GB", "FR"])
    Warehouse.objects.get().shipping_zones.add(more)

    assert availability([variant.pk], "GB") == {variant.pk: 10}


def test_without_tracking_it_is_the_most_of_one_basket_line(settings):
    variant = VariantFactory(track_inventory=False)

    assert availability([variant.pk], "GB") == {variant.pk: settings.MAX_CHECKOUT_LINE_QUANTITY}


def test_an_unknown_variant_has_none():
    assert availability([999], "GB") == {999: 0}


def test_many_variants_take_one_query(django_assert_num_queries):
    variants = [variant_in_stock(number) for number in range(5)]
    with django_assert_num_queries(1):
        found = availability([variant.pk for variant in variants], "GB")
    assert list(found.values()) == [0, 1, 2, 3, 4]


def test_lists_show_the_sum_over_warehouses(loaded):
    stock = Stock.objects.get(product_variant__sku="SET-12")
    second = Warehouse.objects.get()
    second.pk, second.slug = None, "second"
    second.save()
    second.shipping_zones.set(ShippingZone.objects.all())
    Stock.objects.create(warehouse=second, product_variant=stock.product_variant, quantity=5)

    assert [card.available for card in list_sets()] == [10]

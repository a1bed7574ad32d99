from decimal import Decimal

import pytest
from prices import Money, TaxedMoney
from saleor.core import analytics
from saleor.order.models import Order


def _order() -> Order:
    order = Order.objects.create(
        token="t",
        total=TaxedMoney(net=Money("10", "USD"), gross=Money("12.30", "USD")),
        shipping_price=TaxedMoney(net=Money("2", "USD"), gross=Money("2", "USD")),
    )
    order.lines.create(
        product_name="Set",
        product_sku="set-1",
        quantity=2,
        is_shipping_required=True,
        unit_price=TaxedMoney(net=Money("4", "USD"), gross=Money("5.15", "USD")),
    )
    return order


@pytest.mark.django_db
def test_an_order_becomes_one_transaction_and_its_lines() -> None:
    order = _order()

    transaction, line = analytics.get_order_payloads(order)

    assert transaction["ti"] == line["ti"] == order.pk
    assert Decimal(transaction["tr"]) == Decimal("12.30")
    assert Decimal(transaction["tt"]) == Decimal("2.30")
    assert (line["in"], line["ic"], line["iq"], line["ip"]) == ("Set", "set-1", "2", "5.15")


def test_a_page_view_names_path_host_and_language() -> None:
    (view,) = analytics.get_view_payloads("/p/", "en", {"HTTP_HOST": "shop.example"})

    assert view == {"t": "pageview", "dp": "/p/", "dh": "shop.example", "ul": "en"}


def test_nothing_can_be_sent() -> None:
    with pytest.raises(NotImplementedError):
        analytics.ga.report("UA-1", "client", [])

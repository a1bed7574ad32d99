import pytest
from prices import Money
from saleor.product.models import Product, ProductVariant


def test_a_variant_keeps_its_cost_price_when_the_override_is_none() -> None:
    price = Money(1, "USD")

    after = ProductVariant(cost_price=price, price_override=None)
    before = ProductVariant(price_override=None, cost_price=price)

    assert after.currency == before.currency == "USD"
    assert after.cost_price == before.cost_price == price


def test_unknown_arguments_are_still_refused() -> None:
    with pytest.raises(TypeError, match="unexpected"):
        Product(no_such_field=1)

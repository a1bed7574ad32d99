import pytest
from django.contrib.sites.models import Site
from saleor.menu.models import Menu
from saleor.order.models import Order, OrderLine
from saleor.product.models import Product


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "relation"),
    [(Order, "lines"), (Order, "payments"), (Product, "variants"), (Menu, "items")],
)
def test_the_relations_of_an_unsaved_saleor_instance_are_empty(model: type, relation: str) -> None:
    manager = getattr(model(), relation)

    assert list(manager.all()) == []
    assert manager.count() == 0
    assert manager.filter(pk=1).first() is None


@pytest.mark.django_db
def test_an_unsaved_order_answers_its_own_questions() -> None:
    order = Order()

    assert list(order) == []
    assert order.get_total_quantity() == 0
    assert order.get_last_payment() is None
    assert not order.is_shipping_required()


@pytest.mark.django_db
def test_a_filter_by_an_unsaved_instance_finds_none_of_the_saved() -> None:
    order = Order.objects.create(token="t")
    OrderLine.objects.create(
        order=order, product_name="x", quantity=1, is_shipping_required=False, product_sku="x",
        currency="USD", unit_price_net_amount=1, unit_price_gross_amount=1,
    )  # fmt: skip

    assert OrderLine.objects.filter(order=Order()).count() == 0
    assert OrderLine.objects.filter(order=order).count() == 1


@pytest.mark.django_db
def test_nothing_can_be_created_through_an_unsaved_instance() -> None:
    with pytest.raises(ValueError, match=r"before this relationship|unsaved related object"):
        Order().lines.create(product_name="x", quantity=1, is_shipping_required=False)
    assert OrderLine.objects.count() == 0


@pytest.mark.django_db
def test_models_that_are_not_saleors_keep_djangos_check() -> None:
    from django.contrib.contenttypes.models import ContentType

    with pytest.raises(ValueError, match="needs to have a primary key"):
        ContentType().permission_set.all()
    with pytest.raises(ValueError, match="must be saved"):
        Site.objects.filter(settings__site=Site()).count()

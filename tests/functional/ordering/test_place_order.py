"""One basket becomes one order that holds its stock."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation
from measurement.measures import Weight
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.discount.models import Sale
from saleor.order.models import Order
from saleor.product.models import Collection

from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.outcomes import (
    BasketEmpty,
    BasketGone,
    BasketIncomplete,
    PaymentUnavailable,
    PlacedOrder,
    ShortLine,
    SoldOut,
)
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from tests.factories import (
    AddressFactory,
    ProductTypeFactory,
    ShippingMethodFactory,
    ShippingZoneFactory,
    UserFactory,
    basket,
    change_quantity,
    variant_in_stock,
)
from tests.functional.ordering.reading import live_orders, pieces_free, pieces_held

pytestmark = pytest.mark.django_db


def place(checkout, **kwargs):
    return place_order(checkout_token=checkout.pk, **kwargs)


def test_order_holds_stock_and_costs_items_plus_delivery():
    variant = variant_in_stock(10)
    checkout = basket((variant, 2))
    placed = place(checkout)
    order = Order.objects.get()
    assert placed == PlacedOrder(
        order.pk, order.token, str(order.pk), Money("101.50", "GBP"), created=True
    )
    assert order.total.gross == Money("101.50", "GBP")
    assert order.shipping_price.gross == Money("3.50", "GBP")
    assert (order.status, order.user, order.user_email) == (
        "unfulfilled",
        None,
        "robin@example.org",
    )
    assert (pieces_free(variant), pieces_held(variant)) == (8, 2)


def test_basket_is_kept_until_it_is_paid():
    checkout = basket((variant_in_stock(5), 2))
    place(checkout)
    kept = Checkout.objects.get(pk=checkout.pk)
    assert [line.quantity for line in kept.lines.all()] == [2]
    assert kept.private_metadata == {}


def test_order_waits_for_one_payment_of_its_total(settings):
    settings.RESERVATION_MINUTES = 30
    placed = place(basket((variant_in_stock(5), 1)))
    session = PaymentSession.objects.get()
    assert session.order_id == placed.order_id
    assert session.state == SessionStatus.NEW
    assert session.amount == placed.total
    assert timedelta(minutes=30) < session.expires_at - timezone.now() <= timedelta(minutes=31)


def test_order_has_addresses_of_its_own():
    checkout = basket((variant_in_stock(5), 1))
    place(checkout)
    order = Order.objects.get()
    rows = {
        checkout.billing_address_id,
        checkout.shipping_address_id,
        order.billing_address_id,
        order.shipping_address_id,
    }
    assert len(rows) == 4
    Address.objects.filter(pk=checkout.shipping_address_id).update(city="ELSEWHERE")
    assert Order.objects.get().shipping_address.city == "LEWES"


def test_customers_order_belongs_to_the_account_of_the_basket():
    user = UserFactory()
    place(basket((variant_in_stock(5), 1), user=user, email=""), user_id=user.pk)
    order = Order.objects.get()
    assert order.user == user
    assert order.get_customer_email() == user.email


def test_guests_order_stays_a_guests_order_when_someone_is_signed_in():
    staff = UserFactory(email="robin@example.org")
    place(basket((variant_in_stock(5), 1)), user_id=staff.pk)
    assert Order.objects.get().user is None
    assert staff.events.count() == 0


def test_another_persons_basket_is_refused():
    checkout = basket((variant_in_stock(5), 1), user=UserFactory())
    with pytest.raises(BasketGone):
        place(checkout)
    with pytest.raises(BasketGone):
        place(checkout, user_id=UserFactory().pk)
    assert Order.objects.count() == 0


def test_same_basket_again_gives_the_same_order():
    variant = variant_in_stock(5)
    checkout = basket((variant, 2))
    first = place(checkout)
    again = place(checkout)
    assert again == PlacedOrder(
        first.order_id, first.order_token, first.number, first.total, created=False
    )
    assert Order.objects.count() == 1
    assert pieces_held(variant) == 2
    assert PaymentSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_changed_basket_releases_the_old_order(provider):
    variant = variant_in_stock(5)
    checkout = basket((variant, 2))
    first = place(checkout)
    start_payment(order_id=first.order_id)
    change_quantity(checkout, 4)
    second = place(checkout)
    old, new = Order.objects.get(pk=first.order_id), Order.objects.get(pk=second.order_id)
    assert second.created
    assert (old.status, old.checkout_token) == ("canceled", "")
    assert new.checkout_token == str(checkout.pk)
    assert live_orders() == [new]
    assert pieces_held(variant) == 4
    assert [what for what, _ in provider.calls] == ["open", "close"]


@pytest.mark.parametrize(
    "change",
    [
        {"email": "other@example.org"},
        {"note": "Leave it with the neighbour, please."},
        {"shipping_method": lambda: ShippingMethodFactory(name="Faster", price_amount="7.00")},
        {"shipping_address": lambda: AddressFactory(city="HOVE")},
    ],
)
def test_every_change_of_the_basket_makes_a_new_order(change):
    checkout = basket((variant_in_stock(5), 1))
    first = place(checkout)
    for name, value in change.items():
        setattr(checkout, name, value() if callable(value) else value)
    checkout.save()
    second = place(checkout)
    assert second.order_id != first.order_id
    assert [order.pk for order in live_orders()] == [second.order_id]


def test_emptied_basket_releases_its_order():
    variant = variant_in_stock(5)
    checkout = basket((variant, 2))
    place(checkout)
    checkout.lines.all().delete()
    with pytest.raises(BasketEmpty):
        place(checkout)
    assert live_orders() == []
    assert pieces_held(variant) == 0


@pytest.mark.django_db(transaction=True)
def test_old_order_is_kept_while_its_payment_cannot_be_closed(provider):
    checkout = basket((variant_in_stock(5), 1))
    placed = place(checkout)
    start_payment(order_id=placed.order_id)
    change_quantity(checkout, 2)
    provider.is_down = True
    with pytest.raises(PaymentUnavailable):
        place(checkout)
    assert [order.pk for order in live_orders()] == [placed.order_id]


@pytest.mark.django_db(transaction=True)
def test_basket_changed_while_paying_gives_the_paid_order(provider):
    checkout = basket((variant_in_stock(5), 1))
    placed = place(checkout)
    start_payment(order_id=placed.order_id)
    session = PaymentSession.objects.get()
    provider.pay_at_provider(session.reference, placed.total)
    change_quantity(checkout, 2)
    again = place(checkout)
    assert (again.order_id, again.created) == (placed.order_id, False)
    assert Order.objects.get().is_fully_paid()


def test_price_is_the_one_of_the_placement():
    variant = variant_in_stock(5)
    checkout = basket((variant, 2))
    variant.product.price_amount = "60.00"
    variant.product.save()
    assert place(checkout).total == Money("123.50", "GBP")
    assert PaymentSession.objects.get().amount == Money("123.50", "GBP")


def test_placing_again_after_a_price_change_costs_the_new_price():
    variant = variant_in_stock(5)
    checkout = basket((variant, 1))
    place(checkout)
    variant.product.price_amount = "10.00"
    variant.product.save()
    assert place(checkout).total == Money("13.50", "GBP")
    assert len(live_orders()) == 1


def test_order_canceled_by_staff_can_be_placed_again():
    checkout = basket((variant_in_stock(5), 1))
    first = place(checkout)
    Order.objects.update(status="canceled")
    second = place(checkout)
    assert second.created
    assert second.order_id != first.order_id


def test_unknown_basket():
    with pytest.raises(BasketGone):
        place_order(checkout_token=uuid4())


def test_empty_basket():
    with pytest.raises(BasketEmpty):
        place(basket())


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ({"email": ""}, "address"),
        ({"billing_address": None}, "address"),
        ({"shipping_address": None}, "address"),
        ({"shipping_method": None}, "delivery"),
    ],
)
def test_missing_step_is_named(missing, step):
    variant = variant_in_stock(5)
    with pytest.raises(BasketIncomplete) as refused:
        place(basket((variant, 1), **missing))
    assert refused.value.step == step
    assert (Order.objects.count(), pieces_held(variant)) == (0, 0)


def test_delivery_that_does_not_serve_the_country_is_refused():
    zone = ShippingZoneFactory(name="France", countries=["FR"])
    method = ShippingMethodFactory(name="Colis", shipping_zone=zone)
    with pytest.raises(BasketIncomplete) as refused:
        place(basket((variant_in_stock(5), 1), shipping_method=method))
    assert refused.value.step == "delivery"


def test_delivery_outside_its_price_range_is_refused():
    method = ShippingMethodFactory(name="Free", price_amount="0", minimum_order_price_amount="50")
    variant = variant_in_stock(9)
    with pytest.raises(BasketIncomplete):
        place(basket((variant, 1), shipping_method=method))
    assert place(basket((variant, 2), shipping_method=method)).total == Money("98.00", "GBP")


def test_short_stock_is_told_line_by_line_and_nothing_is_held():
    plenty = variant_in_stock(9)
    few = variant_in_stock(2, product__name="Few", name="")
    none = variant_in_stock(0, product__name="None", name="Medium")
    with pytest.raises(SoldOut) as refused:
        place(basket((plenty, 1), (few, 3), (none, 1)))
    assert refused.value.lines == (ShortLine("Few", 3, 2), ShortLine("None (Medium)", 1, 0))
    assert str(refused.value) == (
        "Only 2 of Few left; your basket has 3. None (Medium) has just sold out."
    )
    assert (Order.objects.count(), pieces_held(plenty), pieces_held(few)) == (0, 0, 0)


def test_two_warehouses_with_equal_stock_are_both_sold():
    variant = variant_in_stock(10, 10)
    place(basket((variant, 15)))
    assert (pieces_held(variant), pieces_free(variant)) == (15, 5)


def test_warehouse_that_does_not_serve_the_country_does_not_count():
    variant = variant_in_stock(1, 5)
    stock = variant.stocks.order_by("pk").last()
    stock.warehouse.shipping_zones.set([ShippingZoneFactory(name="FR", countries=["FR"])])
    with pytest.raises(SoldOut) as refused:
        place(basket((variant, 2)))
    assert refused.value.lines[0].available == 1


@pytest.mark.parametrize(("days", "sellable"), [(0, True), (-1, True), (1, False), (None, True)])
def test_product_is_sold_from_its_publication_day_on(days, sellable):
    today = timezone.localdate()
    date = None if days is None else today + timedelta(days=days)
    checkout = basket((variant_in_stock(5, product__publication_date=date), 1))
    if sellable:
        assert place(checkout).created
        return
    with pytest.raises(SoldOut):
        place(checkout)


def test_unpublished_product_is_not_sold():
    with pytest.raises(SoldOut):
        place(basket((variant_in_stock(5, product__is_published=False), 1)))


def test_variant_without_tracked_stock_is_always_sold_and_holds_nothing():
    variant = variant_in_stock(0, track_inventory=False)
    place(basket((variant, 3)))
    assert pieces_held(variant) == 0


def test_free_product_can_be_ordered():
    variant = variant_in_stock(5, price="0")
    assert place(basket((variant, 1))).total == Money("3.50", "GBP")


def test_order_without_post_needs_no_delivery():
    kind = ProductTypeFactory(slug="gift", is_shipping_required=False)
    variant = variant_in_stock(5, product__product_type=kind)
    checkout = basket((variant, 1), shipping_method=None, shipping_address=None)
    assert place(checkout).total == Money("49.00", "GBP")


def test_our_marks_are_hidden_from_the_customer():
    place(basket((variant_in_stock(5), 1), metadata={"gift": "no"}))
    order = Order.objects.get()
    assert order.metadata["gift"] == "no"
    assert set(order.metadata) == {"gift", "discretion_contract"}
    assert set(order.private_metadata) == {"placement"}
    assert order.tracking_client_id == ""


def test_weight_method_without_a_minimum_is_accepted():
    method = ShippingMethodFactory(
        name="By weight",
        type="weight",
        minimum_order_weight=None,
        maximum_order_weight=Weight(kg=2),
    )
    light = variant_in_stock(9, weight=Weight(kg=1))
    assert place(basket((light, 2), shipping_method=method)).created
    with pytest.raises(BasketIncomplete):
        place(basket((light, 3), shipping_method=method))


def test_default_zone_serves_countries_that_no_other_zone_names():
    rest = ShippingZoneFactory(name="Rest", countries=[], default=True)
    method = ShippingMethodFactory(name="World", shipping_zone=rest)
    variant = variant_in_stock(9)
    variant.stocks.get().warehouse.shipping_zones.add(
        ShippingZoneFactory(name="Chile stock", countries=["CL"])
    )
    abroad = {"shipping_address": AddressFactory(country="CL"), "shipping_method": method}
    assert place(basket((variant, 1), country="CL", **abroad)).created
    ShippingMethodFactory(name="At home")  # Great Britain has a zone with a method of its own
    with pytest.raises(BasketIncomplete):
        place(basket((variant, 1), shipping_method=method))


def test_order_in_another_language_keeps_the_translated_name():
    variant = variant_in_stock(9, product__name="Gentle set")
    variant.product.translations.create(language_code="es", name="Juego suave")
    with translation.override("es"):
        place(basket((variant, 1)))
    line = Order.objects.get().lines.get()
    assert (line.product_name, line.translated_product_name) == ("Gentle set", "Juego suave")
    assert Order.objects.get().language_code == "es"


def test_sale_on_a_collection_lowers_the_price():
    variant = variant_in_stock(9)
    collection = Collection.objects.create(name="Soft", slug="soft")
    collection.products.add(variant.product)
    Sale.objects.create(name="Less", type="percentage", value=10).collections.add(collection)
    assert place(basket((variant, 1))).total == Money("47.60", "GBP")

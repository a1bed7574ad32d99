"""When a parcel comes: by the method's own days, the cut-off, holidays and what was chosen."""

from datetime import date, datetime

import pytest
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.arrival import expected_arrival, is_holiday
from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.configuration import ConfigurationProblems, read_settings
from plugins.discreet_shipping.order_contract import (
    arrival_of_order,
    contract_of,
    delivery_context,
    promised_arrival,
)
from plugins.discreet_shipping.plugin import current_settings
from plugins.discreet_shipping.policies import DeliveryContext
from plugins.ordering.placing import place_order
from product_content.catalogue.adapters.shop import set_delivery_days
from tests.factories import ShippingMethodFactory
from tests.functional.discretion.life import ADDRESS
from tests.personas import anonymous, link_holder, staff

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 12, 2, 10, 0, tzinfo=timezone.get_default_timezone())
USUAL = Choices()


def arrival(days, *, now=WEDNESDAY, country="GB", choices=USUAL, left=None, **values):
    method = ShippingMethodFactory()
    set_delivery_days(method, days)
    rules = read_settings(values, active=True)
    context = DeliveryContext(choices, rules, country, method.pk, None, "Robin", now)
    found = expected_arrival(context, left=left)
    return found and (found.first, found.last)


def on(day, month=12, year=2026):
    return date(year, month, day)


def test_each_method_has_its_own_days_and_one_without_promises_none():
    assert arrival([1, 1]) == (on(3), on(3))
    assert arrival([2, 4]) == (on(4), on(8)), "no Saturday, no Sunday"
    assert arrival([8, 14], country="US") == (on(14), on(22))
    assert arrival([]) is None


def test_what_is_ordered_at_the_cutoff_leaves_a_day_later():
    assert arrival([1, 1], now=WEDNESDAY.replace(hour=13, minute=59)) == (on(3), on(3))
    assert arrival([1, 1], now=WEDNESDAY.replace(hour=14)) == (on(4), on(4))
    assert arrival([1, 1], now=WEDNESDAY.replace(hour=14), cutoff="16:30") == (on(3), on(3))
    assert arrival([1, 1], collection_days="Monday") == (on(8), on(8))


def test_neither_end_works_on_its_holidays():
    assert is_holiday(on(8), "ES")
    assert not is_holiday(on(8), "GB-ENG")
    assert arrival([4, 4], country="ES") == (on(9), on(9)), "the 8th is a holiday there"
    assert arrival([4, 4], country="FR") == (on(8), on(8))
    christmas_eve = WEDNESDAY.replace(day=24)
    assert arrival([1, 1], now=christmas_eve) == (on(29), on(29)), "25th and 28th at home"
    assert arrival([1, 1], closed_days="2026-12-02, 2026-12-03") == (on(7), on(7))
    assert not is_holiday(on(25), "ZZ")


def test_what_was_chosen_moves_the_day_it_leaves():
    not_before = Choices(day="not_before", not_before="2026-12-12")  # a Saturday
    assert arrival([2, 4], choices=not_before) == (on(14), on(16))
    assert arrival([2, 4], choices=Choices(day="not_before", not_before="2026-12-03")) == (
        on(4),
        on(8),
    )
    fridays = Choices(day="weekdays", weekdays=(4,))
    assert arrival([2, 4], choices=fridays) == (on(4), on(11))


def test_once_it_left_the_day_counts_from_there():
    assert arrival([2, 4], left=on(10)) == (on(14), on(16))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("cutoff", "25:00"),
        ("cutoff", "soon"),
        ("closed_days", "24.12.2026"),
        ("holidays_of", "XX"),
        ("holidays_of", "GB-"),
        ("collection_days", "Someday"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(field, typed):
    with pytest.raises(ConfigurationProblems) as refused:
        read_settings({field: typed}, active=True)
    assert list(refused.value.problems) == [field]


@pytest.fixture
def guest(shop):
    client = anonymous(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    return client


def placed():
    token = Checkout.objects.get().pk
    return Order.objects.get(pk=place_order(checkout_token=token).order_id)


def said(client, path):
    text = " ".join(client.get(path).content.decode().split())
    found = text.partition("Expected ")[2]
    return found.partition(".")[0]


def test_every_page_says_the_same_day(shop, guest, monkeypatch):
    set_delivery_days(shop.courier, [2, 4])
    monkeypatch.setattr(timezone, "now", lambda: WEDNESDAY)
    words = "between Friday, 4 December and Tuesday, 8 December"
    paths = ("/checkout/delivery/", "/checkout/seen/", "/checkout/review/")
    assert [said(guest, path) for path in paths] == [words] * 3
    order = placed()
    assert said(link_holder(order), f"/orders/{order.token}/seen/") == words
    contract = contract_of(order)
    assert (contract["expected_day"], contract["expected_last_day"]) == ("2026-12-04", "2026-12-08")


def test_no_page_says_a_day_that_nobody_knows(guest):
    paths = ("/checkout/delivery/", "/checkout/seen/", "/checkout/review/")
    assert [said(guest, path) for path in paths] == [""] * 3
    assert contract_of(placed())["expected_day"] == ""


def test_a_date_can_be_asked_for_from_the_soonest_day_on(shop, guest, monkeypatch):
    set_delivery_days(shop.courier, [2, 4])
    monkeypatch.setattr(timezone, "now", lambda: WEDNESDAY)
    assert 'min="2026-12-04"' in guest.get("/checkout/discretion/").content.decode()


def test_an_older_contract_says_its_one_day(shop, guest):
    order = placed()
    contract = {**contract_of(order), "expected_day": "2026-12-04"}
    del contract["expected_last_day"]
    order.metadata["discretion_contract"] = contract
    order.save(update_fields=["metadata"])
    assert said(link_holder(order), f"/orders/{order.token}/seen/") == "Friday, 4 December"


def test_staff_set_the_days_of_a_method(shop):
    zone = shop.courier.shipping_zone
    address = f"/staff/shipping/shippingzone/{zone.pk}/change/"
    manager = staff("shipping.manage_shipping")
    formset = manager.get(address).context["inline_admin_formsets"][0].formset
    sent = {"name": zone.name, "countries": ["GB"]}
    for form in [formset.management_form, *formset.initial_forms]:
        sent |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    days = {"shipping_methods-0-min_days": "3", "shipping_methods-0-max_days": "5"}
    half = manager.post(address, sent | {"shipping_methods-0-min_days": "3"})
    assert "Write both numbers of days, or neither." in half.content.decode()
    assert manager.post(address, sent | days).status_code == 302
    shop.courier.refresh_from_db()
    assert (shop.courier.delivery_time.min_days, shop.courier.delivery_time.max_days) == (3, 5)


def test_once_it_left_the_page_counts_from_that_day(shop, guest):
    set_delivery_days(shop.courier, [2, 4])
    order = placed()
    context = delivery_context(order, current_settings())
    monday = on(7)
    assert arrival_of_order(order, current_settings(), left=monday) == expected_arrival(
        context, left=monday
    )
    assert arrival_of_order(order, current_settings(), left=None) == promised_arrival(
        contract_of(order)
    )

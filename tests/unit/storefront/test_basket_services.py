"""Filling and changing a basket."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.checkout.models import Checkout, CheckoutLine

from storefront.basket_changes import add_to_basket, change_line
from storefront.baskets import basket_quantity, get_basket
from storefront.wording import LineGone, NotForSale, ShortOfStock, TooMany


def add(variant, quantity=1, token=None):
    return add_to_basket(token=token, variant_id=variant.pk, quantity=quantity)


def test_the_first_thing_opens_a_basket(shop):
    change = add(shop.starter, 2)
    checkout = Checkout.objects.get(pk=change.token)
    assert (change.line_quantity, change.basket_quantity) == (2, 2)
    assert (checkout.quantity, checkout.currency, checkout.user) == (2, "GBP", None)
    assert [(line.variant_id, line.quantity) for line in checkout] == [(shop.starter.pk, 2)]


def test_the_same_thing_again_is_the_same_line(shop):
    token = add(shop.starter, 2).token
    change = add(shop.starter, 3, token)
    assert (change.line_quantity, change.basket_quantity) == (5, 5)
    assert CheckoutLine.objects.get().quantity == 5


def test_another_thing_is_another_line(shop):
    token = add(shop.starter).token
    assert add(shop.lubricant, 2, token).basket_quantity == 3
    assert CheckoutLine.objects.count() == 2


def test_adding_notes_when_the_basket_was_changed(shop):
    token = add(shop.starter).token
    before = Checkout.objects.get(pk=token).last_change
    add(shop.starter, 1, token)
    assert Checkout.objects.get(pk=token).last_change > before


def test_a_token_that_is_not_there_opens_a_basket_with_a_token_of_its_own(shop):
    unknown = uuid4()
    assert add(shop.starter, 1, unknown).token != unknown


def test_a_basket_of_an_account_is_not_a_guests_to_fill(shop, django_user_model):
    owner = django_user_model.objects.create_user("robin@example.org")
    theirs = Checkout.objects.create(user=owner, currency="GBP")
    assert add(shop.starter, 1, theirs.pk).token != theirs.pk
    assert not theirs.lines.exists()
    assert get_basket(theirs.pk) is None


def test_more_than_is_left_is_refused_and_nothing_is_written(shop):
    shop.set_stock(shop.starter, 2)
    with pytest.raises(ShortOfStock, match="only 2 left, and you asked for 3"):
        add(shop.starter, 3)
    assert not Checkout.objects.exists()


def test_what_is_in_the_basket_counts_when_more_is_added(shop):
    shop.set_stock(shop.starter, 2)
    token = add(shop.starter, 2).token
    with pytest.raises(ShortOfStock):
        add(shop.starter, 1, token)
    assert basket_quantity(token) == 2


def test_no_line_holds_more_than_an_order_may(shop):
    shop.set_stock(shop.starter, 100)
    with pytest.raises(TooMany, match="at most 20"):
        add(shop.starter, 21)


@pytest.mark.parametrize("field", ["is_published", "safety_card"])
def test_what_customers_may_not_see_cannot_be_bought(shop, field):
    product = shop.starter.product
    if field == "safety_card":
        product.safety_card.delete()
    else:
        product.is_published = False
        product.save()
    with pytest.raises(NotForSale):
        add(shop.starter)


def test_a_line_is_changed_and_taken_out(shop):
    token = add(shop.starter, 1).token
    line = CheckoutLine.objects.get()
    assert change_line(token=token, line_id=line.pk, quantity=4).basket_quantity == 4
    assert change_line(token=token, line_id=line.pk, quantity=0).basket_quantity == 0
    assert not CheckoutLine.objects.exists()
    assert Checkout.objects.get(pk=token).quantity == 0


def test_a_line_of_another_basket_is_out_of_reach(shop):
    mine = add(shop.starter).token
    theirs = CheckoutLine.objects.get(checkout=add(shop.full, 2).token)
    with pytest.raises(LineGone):
        change_line(token=mine, line_id=theirs.pk, quantity=0)
    theirs.refresh_from_db()
    assert theirs.quantity == 2


@pytest.mark.parametrize("token", [None, UUID(int=7)])
def test_without_a_basket_there_is_no_line_to_change(shop, token):
    with pytest.raises(LineGone):
        change_line(token=token, line_id=1, quantity=1)


def test_fewer_is_always_possible_even_when_that_is_still_too_many(shop):
    token = add(shop.starter, 5).token
    shop.set_stock(shop.starter, 1)
    line = CheckoutLine.objects.get()
    assert change_line(token=token, line_id=line.pk, quantity=3).line_quantity == 3
    with pytest.raises(ShortOfStock):
        change_line(token=token, line_id=line.pk, quantity=4)
    [shown] = get_basket(token).lines
    assert (shown.quantity, shown.available, shown.is_short) == (3, 1, True)


def test_adding_takes_few_queries(shop):
    token = add(shop.lubricant).token
    with CaptureQueriesContext(
        connection,
    ) as again:
        add(shop.starter, 1, token)
    with CaptureQueriesContext(connection) as first:
        add(shop.starter)
    savepoints = 2
    assert len(again) - savepoints <= 5
    assert len(first) - savepoints <= 4


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_lose_none_and_make_one_line(shop):
    token = add(shop.lubricant).token

    def click(_):
        try:
            return add(shop.starter, 1, token)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(8)))
    line = CheckoutLine.objects.get(variant=shop.starter)
    assert line.quantity == 8
    assert Checkout.objects.get(pk=token).quantity == 9

"""What the database itself refuses, whatever the code does."""

import pytest
from django.db import IntegrityError, connection
from saleor.account.models import User
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from plugins.ordering.placing import place_order
from tests.factories import GiftCardFactory, UserFactory, basket, variant_in_stock

pytestmark = pytest.mark.django_db


def test_second_order_of_a_basket():
    checkout = basket((variant_in_stock(5), 1))
    place_order(checkout_token=checkout.pk)
    with pytest.raises(IntegrityError, match="stillwater_one_order_per_basket"):
        Order.objects.create(checkout_token=str(checkout.pk))


def test_orders_without_a_basket_are_many():
    Order.objects.create(checkout_token="")
    Order.objects.create(checkout_token="")


def test_second_account_with_the_same_address_in_other_case():
    UserFactory(email="robin@example.org")
    with pytest.raises(IntegrityError, match="stillwater_one_account_per_email"):
        User.objects.bulk_create([User(email="Robin@example.org")])  # saving would spell it alike


def test_gift_card_below_zero():
    card = GiftCardFactory()
    card.current_balance_amount = -1
    with pytest.raises(IntegrityError, match="stillwater_gift_card_not_negative"):
        card.save()


def test_stock_below_zero():
    stock = variant_in_stock(1).stocks.get()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE warehouse_stock SET quantity = -1 WHERE id = %s", [stock.pk])


def test_second_active_session_of_an_order():
    placed = place_order(checkout_token=basket((variant_in_stock(5), 1)).pk)
    session = PaymentSession.objects.get(order_id=placed.order_id)
    session.pk = None
    with pytest.raises(IntegrityError, match="one_active_session_per_order"):
        session.save()

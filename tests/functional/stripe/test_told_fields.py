"""What a customer can read of the payment service is every field that it was sent."""

from urllib.parse import parse_qsl

import pytest

from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from tests.factories import basket, variant_in_stock

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_field_of_the_request_is_kept_for_the_customer_and_no_other(sandbox):
    placed = place_order(checkout_token=basket((variant_in_stock(5), 1)).pk)
    start_payment(order_id=placed.order_id)
    bodies = [
        row["body"]
        for row in sandbox.read("requests")
        if row["method"] == "POST" and row["path"].startswith("/v1/checkout/sessions")
    ]
    form = bodies[-1].partition("\n")[0]  # its headers follow
    assert PaymentSession.objects.get().told == dict(parse_qsl(form))

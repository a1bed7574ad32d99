"""What needs attention is looked at, and then goes its way again."""

import pytest

from plugins.ordering.attention import flag_order
from plugins.ordering.models import Refund
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.refunds import request_refund
from tests import personas
from tests.factories import variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

ORDERS = "/staff/order/order/"


@pytest.fixture
def support():
    return personas.in_role("Support")


def flagged(*reasons, **fields):
    order = builders.order(**{"paid": True, **fields})
    builders.line(order, variant_in_stock(5), 1)
    for reason in reasons:
        flag_order(order_id=order.pk, reason=reason, message=f"About {reason}.")
    return order


def step(client, order, **fields):
    url = f"{ORDERS}{order.pk}/step/"
    expected_version = client.get(url).context["form"].initial["expected_version"]
    sent = {
        "step": "resolve",
        "expected_version": expected_version,
        "reason": "The bank has it back",
        **fields,
    }
    return client.post(url, sent, follow=True).content.decode()


def is_to_pack(client, order):
    shown = client.get(ORDERS, {"work": "to_pack"}).context["cl"].result_list
    return order.pk in [row.pk for row in shown]


def test_an_order_that_was_looked_at_is_packed_after_all(support):
    order = flagged("paid_twice", "refund_failed")
    assert not is_to_pack(support, order)
    html = support.get(f"{ORDERS}{order.pk}/step/").content.decode()
    assert "Needs attention: paid twice, refund failed." in html

    said = step(support, order)

    assert "It does not need attention any more." in said
    assert "Looked at, and settled: The bank has it back" in said
    assert is_to_pack(support, order)
    assert 'value="resolve"' not in support.get(f"{ORDERS}{order.pk}/step/").content.decode()


def test_how_it_was_settled_must_be_said(support):
    order = flagged("paid_twice")
    assert "Say how it was settled." in step(support, order, reason=" ")
    assert not is_to_pack(support, order)


def test_what_came_up_meanwhile_is_told(support):
    order = flagged("paid_twice", "refund_failed")
    assert "Something else came up meanwhile." in step(
        support, order, expected_version="paid_twice"
    )
    assert not is_to_pack(support, order)
    assert "It does not need attention any more." in step(support, order)


@pytest.mark.parametrize(
    ("reason", "fields", "why"),
    [
        ("dispute", {}, "The bank still looks into its payment."),
        ("dispute_lost", {}, "it must not be sent"),
    ],
)
def test_what_a_bank_decides_no_person_takes_away(support, reason, fields, why):
    order = flagged(reason, **fields)
    assert why in support.get(f"{ORDERS}{order.pk}/step/").content.decode()
    step(support, order)
    assert not is_to_pack(support, order)
    order.refresh_from_db()
    assert attention_reasons(order) == [reason]


def test_a_lost_dispute_of_what_was_sent_needs_nobody_any_more(support):
    order = flagged("dispute_lost", status="fulfilled")
    assert "It does not need attention any more." in step(support, order)


def test_money_that_does_not_fit_goes_back_first(support):
    order = flagged("wrong_amount", paid=False)
    builders.payment(order, "10.00", status="not-charged")
    assert "Give that back first." in support.get(f"{ORDERS}{order.pk}/step/").content.decode()
    step(support, order)
    order.refresh_from_db()
    assert attention_reasons(order) == ["wrong_amount"]

    request_refund(order_id=order.pk, key="r", reason="Wrong amount")
    assert Refund.objects.get().amount_value == 10
    assert "It does not need attention any more." in step(support, order)


def test_a_packer_settles_nothing():
    order = flagged("paid_twice")
    url = f"{ORDERS}{order.pk}/step/"
    sent = {"step": "resolve", "expected_version": "paid_twice", "reason": "x"}
    assert personas.in_role("Packer").post(url, sent).status_code == 403
    order.refresh_from_db()
    assert attention_reasons(order) == ["paid_twice"]

"""Why staff look at an order: rows with who settled them and when."""

import pytest

from plugins.ordering.attention import (
    attention_version,
    flag_order,
    may_be_resolved,
    resolve_attention,
    unflag_order,
)
from plugins.ordering.models import OrderFlag
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.outcomes import ResolveRefused
from tests.factories import UserFactory
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    made = builders.order(paid=True)
    for reason in ("paid_twice", "dispute"):
        flag_order(order_id=made.pk, reason=reason, message=f"About {reason}.")
    return made


def rows(order):
    flags = OrderFlag.objects.filter(order=order)
    return [(row.reason, row.settled_at is not None, row.settled_by_id) for row in flags]


def test_a_flag_says_why_in_words_and_is_raised_once_per_reason(order):
    flag_order(order_id=order.pk, reason="paid_twice", message="Again.")
    assert list(order.flags.values_list("reason", "message")) == [
        ("paid_twice", "About paid_twice."), ("dispute", "About dispute."),
    ]  # fmt: skip
    assert attention_reasons(order) == ["paid_twice", "dispute"]


def test_what_happened_since_settles_its_own_flag_only(order):
    unflag_order(order_id=order.pk, reason="dispute")
    assert rows(order) == [("paid_twice", False, None), ("dispute", True, None)]
    assert attention_reasons(order) == ["paid_twice"]


def test_who_settled_it_is_kept_and_settled_flags_stay(order):
    clerk = UserFactory(is_staff=True)
    unflag_order(order_id=order.pk, reason="dispute")
    resolve_attention(
        order_id=order.pk, expected_version=attention_version(order), reason="Seen.",
        actor_id=clerk.pk,
    )  # fmt: skip
    assert rows(order) == [("paid_twice", True, clerk.pk), ("dispute", True, None)]
    assert not may_be_resolved(order).allowed


def test_a_reason_that_was_settled_and_came_again_is_another_flag(order):
    unflag_order(order_id=order.pk, reason="dispute")
    seen = attention_version(order)
    unflag_order(order_id=order.pk, reason="paid_twice")
    flag_order(order_id=order.pk, reason="paid_twice", message="A third payment.")
    with pytest.raises(ResolveRefused, match="Something else came up meanwhile"):
        resolve_attention(order_id=order.pk, expected_version=seen, reason="x", actor_id=0)
    assert attention_reasons(order) == ["paid_twice"]

"""Refunds from before they were documents keep their money, their pieces and their place."""

from decimal import Decimal

import pytest
from saleor.order.models import Order
from saleor.payment.models import Payment

from plugins.ordering.models import CreditNoteCounter, Refund
from plugins.ordering.refund_lines import lines_left
from tests.factories import variant_in_stock
from tests.migrating import migrate
from tests.unit.dashboard import builders

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # it migrates back and forth

BEFORE = [("ordering", "0008_pieces_so_far")]
AFTER = [("ordering", "0009_refund_documents")]
NEWEST = [("ordering", "0020_refund_in_exchange")]  # what the models of today can read


def test_old_refunds_become_documents():
    old = migrate(BEFORE).apps.get_model("ordering", "Refund")
    order = builders.order(paid=True, total="101.50")
    line = builders.line(order, variant_in_stock(9), 2)
    gone = builders.order(paid=True, total="49.00")
    Payment.objects.filter(order=gone).update(charge_status="fully-refunded", captured_amount=0)
    released = builders.order(
        status="canceled", private_metadata={"placement": {"gift_cards": {"1": "5.00"}}}
    )
    make = old.objects.create
    common = {"order_id": order.pk, "payment_id": order.payments.get().pk, "currency": "GBP"}
    make(**common, key="a", amount_value="49.00", lines={str(line.pk): 1}, state="succeeded",
         reference="re_1", reason="x")  # fmt: skip
    make(**common, key="b", amount_value="10.00", state="failed", reason="x")
    make(**common, key="c", amount_value="52.50", lines={str(line.pk): 1}, state="pending",
         reason="All that is left")  # fmt: skip
    make(**common, key="unneeded-1", amount_value="1.00", state="succeeded", reason="x")

    migrate(AFTER)
    flags = Order.objects.get(pk=gone.pk).private_metadata["needs_attention"]
    assert flags == ["refunded_not_closed"]
    assert Order.objects.get(pk=released.pk).private_metadata["placement"]["gift_cards"] == {}
    migrate(NEWEST)

    a, b, c, unneeded = Refund.objects.order_by("pk")
    assert [refund.number for refund in (a, b, c, unneeded)] == [1, None, 2, None]
    assert CreditNoteCounter.objects.get().last == 2
    assert [(p.key, p.reference, p.state) for p in a.parts.all()] == [("a", "re_1", "succeeded")]
    assert [(r.pieces, r.which, str(r.amount_value)) for r in a.lines.all()] == [
        (1, "unsent", "49.00")
    ]
    assert (str(c.lines.get().amount_value), str(c.free_value)) == ("49.00", "3.50")
    assert (b.free_value, b.lines.count()) == (Decimal("10.00"), 0)
    assert lines_left(order)[line.pk].count == 0

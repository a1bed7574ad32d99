"""Reading our rows of Stripe's objects."""

from __future__ import annotations

from plugins.ordering.models import PaymentSession
from plugins.stripe_payments.constants import PROVIDER
from plugins.stripe_payments.results import SessionData


def names_its_order(session: SessionData) -> bool:
    """Say whether the order that Stripe names is the one the session was opened for.

    A session that we have no row of contradicts nothing.
    """
    rows = PaymentSession.objects.filter(provider=PROVIDER, reference=session.reference)
    order_id = rows.values_list("order_id", flat=True).first()
    return order_id is None or str(order_id) == session.order_number

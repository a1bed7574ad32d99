"""A payment provider in memory that refuses to be called inside a transaction."""

from uuid import uuid4

from django.db import connection
from prices import Money

from plugins.ordering.payment_provider import (
    OpenedSession,
    PaymentProviderError,
    RefundState,
    SessionState,
)


class FakeProvider:
    """Keeps its sessions on the class, as a provider far away would; call `reset` per test."""

    name = "fake"
    sessions = {}
    calls = []
    refunds = {}
    is_down = False
    on_open = staticmethod(lambda **_: None)
    on_close = staticmethod(lambda **_: None)

    @classmethod
    def reset(cls):
        """Forget every session and every failure."""
        cls.sessions, cls.calls, cls.refunds, cls.is_down = {}, [], {}, False
        cls.on_open = cls.on_close = staticmethod(lambda **_: None)

    @classmethod
    def pay_at_provider(cls, reference, amount):
        """Take money without telling the shop, as when a webhook is late."""
        cls.sessions[reference] = SessionState("paid", amount=amount, raw_id=f"ch_{reference}")

    def open(self, *, idempotency_key, **details):
        """Open, or give again, the session of this key."""
        self._called("open", key=idempotency_key, **details)
        reference = f"fake-{idempotency_key}"
        self.sessions.setdefault(reference, SessionState("open"))
        type(self).on_open(reference=reference)
        return OpenedSession(reference=reference, url=f"https://pay.test/{reference}")

    def smallest_charge(self, *, currency):
        """Say what the least payment is."""
        return Money("0.30", currency)

    def close(self, *, reference):
        """Close an open session."""
        self._called("close", reference=reference)
        type(self).on_close(reference=reference)
        if self.sessions[reference].state == "open":
            self.sessions[reference] = SessionState("closed")
        return self.sessions[reference]

    def look_up(self, *, reference):
        """Say how the session stands."""
        self._called("look_up", reference=reference)
        return self.sessions[reference]

    def refund(self, *, charge, amount, key):
        """Give money back, once per key."""
        self._called("refund", charge=charge, amount=amount, key=key)
        return self.refunds.setdefault(key, RefundState("succeeded", reference=f"re_{key}"))

    def _called(self, what, **details):
        assert not connection.in_atomic_block, f"{what} was called inside a transaction"
        self.calls.append((what, details))
        if self.is_down:
            raise PaymentProviderError("down")


def raw_id():
    """Return a new id of a charge."""
    return f"ch_{uuid4().hex}"

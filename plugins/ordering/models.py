"""The payment session: one try to get an order paid at a provider."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_prices.models import MoneyField
from saleor.order.models import Order


class SessionStatus(models.TextChoices):
    """Life of a session. The first two are `ACTIVE`: the order may still be paid by it."""

    NEW = "new", "Not opened yet"
    OPEN = "open", "Open at the provider"
    PAID = "paid", "Paid"
    EXPIRED = "expired", "Expired"
    CANCELED = "canceled", "Canceled"


ACTIVE = (SessionStatus.NEW, SessionStatus.OPEN)


class PaymentSession(models.Model):
    """One try to get `order` paid, for exactly `amount`.

    It is created with the order, in the same transaction, so that a live unpaid order
    always has one active session and the sweeper finds every forgotten order by
    `expires_at`. `reference` and `url` come from the provider when it is opened.
    """

    order = models.ForeignKey(Order, related_name="payment_sessions", on_delete=models.PROTECT)
    provider = models.CharField(max_length=40, blank=True, default="")
    reference = models.CharField(max_length=255, blank=True, default="")
    url = models.URLField(max_length=2048, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=SessionStatus.choices, default=SessionStatus.NEW
    )
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    amount = MoneyField(amount_field="amount_value", currency_field="currency")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "reference"),
                condition=~Q(reference=""),
                name="payment_session_reference",
            ),
            models.UniqueConstraint(
                fields=("order",),
                condition=Q(state__in=ACTIVE),
                name="one_active_session_per_order",
            ),
        )
        indexes = (
            models.Index(
                fields=("expires_at",),
                condition=Q(state__in=ACTIVE),
                name="active_session_expiry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} session {self.pk} of order {self.order_id}"

    @property
    def idempotency_key(self) -> str:
        """Key under which the provider gives the same session again after a retry."""
        return f"stillwater-session-{self.pk}"

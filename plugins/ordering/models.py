"""The payment session: one try to get an order paid at a provider; and refunds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_prices.models import MoneyField
from saleor.order.models import Order
from saleor.payment.models import Payment


class SessionStatus(models.TextChoices):
    """Life of a session. The first three are `ACTIVE`: the order may still be paid by it."""

    NEW = "new", "Not opened yet"
    OPEN = "open", "Open at the provider"
    PROCESSING = "processing", "On its way from the bank"
    PAID = "paid", "Paid"
    EXPIRED = "expired", "Expired"
    CANCELED = "canceled", "Cancelled"


# A customer can pay in it. It ends by itself; one that is processing ends when the bank says so.
PAYABLE = (SessionStatus.NEW, SessionStatus.OPEN)
ACTIVE = (*PAYABLE, SessionStatus.PROCESSING)


class PaymentSession(models.Model):
    """One try to get `order` paid, for exactly `amount`.

    It is created with the order, in the same transaction, so that a live unpaid order
    always has one active session and the sweeper finds every abandoned order by
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
                condition=Q(state__in=PAYABLE),
                name="active_session_expiry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} session {self.pk} of order {self.order_id}"

    @property
    def idempotency_key(self) -> str:
        """Key under which the provider gives the same session again after a retry."""
        return f"stillwater-session-{self.pk}"


class RefundStatus(models.TextChoices):
    """Life of a refund. Pending and succeeded ones are accounted for."""

    ASKED = "asked", "Asked, not confirmed yet"
    PENDING = "pending", "On its way"
    SUCCEEDED = "succeeded", "Refunded"
    FAILED = "failed", "Failed"


BOOKED = (RefundStatus.PENDING, RefundStatus.SUCCEEDED)


class Refund(models.Model):
    """Money of a payment that goes back, for a reason that is kept.

    `key` is chosen by whoever asks and makes asking twice harmless. `lines` maps order line
    ids to quantities where the refund is for goods; `restock` says that staff have decided
    that these go back into stock.
    """

    order = models.ForeignKey(Order, related_name="refunds", on_delete=models.PROTECT)
    payment = models.ForeignKey(Payment, related_name="refunds", on_delete=models.PROTECT)
    key = models.CharField(max_length=120, unique=True)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    amount = MoneyField(amount_field="amount_value", currency_field="currency")
    reason = models.CharField(max_length=255)
    lines = models.JSONField(default=dict, blank=True)
    restock = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    state = models.CharField(max_length=9, choices=RefundStatus.choices, default=RefundStatus.ASKED)
    reference = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(amount_value__gt=0), name="refund_above_zero"),
        )
        indexes = (
            models.Index(
                fields=("created_at",), condition=Q(state=RefundStatus.ASKED), name="asked_refund"
            ),
        )

    def __str__(self) -> str:
        return f"refund {self.pk} of order {self.order_id}"


class SubmittedForm(models.Model):
    """A form that was sent: its one-time token, so that a double click does nothing twice.

    `key` begins with whose token it is, a basket's or a staff member's; it is deleted after a day.
    """

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"form sent at {self.at:%Y-%m-%d %H:%M}"

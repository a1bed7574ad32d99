"""The outbox: one row per e-mail that an order event asks for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from saleor.order.models import Order


class EmailState(models.TextChoices):
    """Life of an e-mail. The first three are `UNSENT`: it may still go out."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    FAILED = "failed", "Failed, will be tried again"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"


UNSENT = (EmailState.WAITING, EmailState.SENDING, EmailState.FAILED)


class OutgoingEmail(models.Model):
    """One e-mail of one `kind` about one `occasion` of an order, sent once.

    The recipient is read from the order when it is sent, so no address is kept twice.
    `next_try_at` is when the sweeper may take it: a moment after it was written, the end
    of the lease while a worker sends it, or the end of the pause after a failure.
    """

    order = models.ForeignKey(
        Order, null=True, blank=True, related_name="emails", on_delete=models.SET_NULL
    )
    kind = models.CharField(max_length=40)
    occasion = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=EmailState.choices, default=EmailState.WAITING)
    message_id = models.CharField(max_length=255, unique=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("order", "kind", "occasion"), name="one_email_per_occasion"
            ),
        )
        indexes = (
            models.Index(
                fields=("next_try_at",), condition=Q(state__in=UNSENT), name="unsent_email_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}"

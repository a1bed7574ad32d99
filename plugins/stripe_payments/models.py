"""Events of Stripe, payments that match no order, and counts of refused webhooks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class EventState(models.TextChoices):
    """Life of an event."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    IGNORED = "ignored", "Not for us"
    DEAD = "dead", "Given up"


class StripeEvent(models.Model):
    """One event of Stripe, kept before it is answered and worked on after.

    Only its kind and the id of its object are kept: the content can carry a customer's name
    and address, and the state is asked of Stripe anyway, so that old, doubled and swapped
    events all end the same. `deliveries` counts how often it came.
    """

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    deliveries = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(
                fields=("next_try_at",),
                condition=Q(state=EventState.WAITING),
                name="waiting_stripe_event",
            ),
            models.Index(
                fields=("id",), condition=Q(state=EventState.DEAD), name="dead_stripe_event"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class UnmatchedPayment(models.Model):
    """A payment on our Stripe account that belongs to no order here; staff look at it.

    `amount` is in the currency's smallest unit, as Stripe gives it.
    """

    intent = models.CharField(max_length=255, unique=True)
    order_number = models.CharField(max_length=255, blank=True, default="")
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.intent


class RefusedWebhook(models.Model):
    """How many webhooks were refused on a day, and why."""

    day = models.DateField()
    reason = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "reason")
        constraints = (
            models.UniqueConstraint(fields=("day", "reason"), name="one_count_per_day_and_reason"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.reason}: {self.count}"

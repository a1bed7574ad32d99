"""Payments and events of Stripe that need a look: unmatched, given up, refused. Read-only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from dashboard.admin.base import ReadOnlyModelAdmin, format_money, format_time
from dashboard.site import staff_site
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent, UnmatchedPayment
from plugins.stripe_payments.policies import from_smallest_unit


class PaymentProblemAdmin(ReadOnlyModelAdmin):
    """A read-only list that should be empty."""

    required_permission = "order.manage_orders"
    empty_help = "Nothing here, as it should be."


@admin.register(UnmatchedPayment, site=staff_site)
class UnmatchedPaymentAdmin(PaymentProblemAdmin):
    """Payments of no order here: look at them at Stripe."""

    empty_help = "Nothing here, as it should be: every payment found its order."
    list_display = fields = readonly_fields = ("intent", "order_number", "sum", "seen")
    search_fields = ("intent", "order_number")
    search_help_text = "Stripe's id of the payment, or order number"
    ordering = ("-pk",)

    @display(description="Amount")
    def sum(self, payment: UnmatchedPayment) -> str:
        """Return what was paid."""
        money = from_smallest_unit(payment.amount, payment.currency)
        return format_money(money.amount, money.currency)

    @display(description="Seen", ordering="received_at")
    def seen(self, payment: UnmatchedPayment) -> str:
        """Return when the shop first received it."""
        return format_time(payment.received_at)


@admin.register(StripeEvent, site=staff_site)
class DeadEventAdmin(PaymentProblemAdmin):
    """Events that could not be processed after several attempts."""

    empty_help = "Nothing here, as it should be: every event of Stripe was processed."
    list_display = fields = readonly_fields = (
        "event_id", "kind", "object_id", "received", "attempts", "last_error",
    )  # fmt: skip
    search_fields = ("event_id", "object_id")
    search_help_text = "Stripe's id of the event or of what it is about"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeEvent]:
        """Return the events that were given up; the others need no attention."""
        return super().get_queryset(request).filter(state=EventState.DEAD)

    @display(description="Received", ordering="received_at")
    def received(self, event: StripeEvent) -> str:
        """Return when it was first received."""
        return format_time(event.received_at)


@admin.register(RefusedWebhook, site=staff_site)
class RefusedWebhookAdmin(PaymentProblemAdmin):
    """How many webhooks were refused on each day, by reason."""

    empty_help = "Nothing here, as it should be: no message was refused."
    list_display = fields = readonly_fields = ("day", "reason", "count")
    ordering = ("-day", "reason")

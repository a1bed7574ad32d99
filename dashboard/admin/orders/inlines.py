"""The tables on an order's page, and payments and events of Stripe that need a look. All read-only.

An order has tables of lines, payments, refunds, e-mails and events. A payment needs a look when it
is unmatched, an event when it was given up or refused.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from saleor.order import OrderEvents
from saleor.order.models import OrderEvent, OrderLine
from saleor.payment.models import Payment
from unfold.decorators import display

from dashboard.admin.base import (
    ReadOnly,
    ReadOnlyModelAdmin,
    SaleorTabularInline,
    format_money,
    format_time,
)
from dashboard.selectors.books import provider_name
from dashboard.site import staff_site
from plugins.order_emails.kinds.base import KINDS
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.ordering.models import Refund, RefundStatus
from plugins.ordering.refund_plans import share_of
from plugins.ordering.totals import full_name
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent, UnmatchedPayment
from plugins.stripe_payments.policies import from_smallest_unit

_EVENT_LABELS = dict(OrderEvents.CHOICES)
EMAIL_COLOURS = {
    EmailState.WAITING.label: "info",
    EmailState.SENDING.label: "info",
    EmailState.SENT.label: "success",
    EmailState.SKIPPED.label: "info",
    EmailState.FAILED.label: "warning",
    EmailState.DEAD.label: "danger",
}


class OrderInline(ReadOnly, SaleorTabularInline):
    """A read-only table on the page of an order."""

    required_permission = "order.manage_orders"
    hide_title = True  # Unfold would repeat each row's name above its columns


class LineInline(OrderInline):
    """What was bought."""

    model = OrderLine
    verbose_name_plural = "What was bought"
    fields = readonly_fields = ("what", "sku", "quantity", "packed", "each", "together")

    @display(description="What")
    def what(self, line: OrderLine) -> str:
        """Return the product with its variant."""
        return full_name(line)

    @display(description="SKU")
    def sku(self, line: OrderLine) -> str:
        """Return the SKU that is scanned."""
        return str(line.product_sku)

    @display(description="Packed")
    def packed(self, line: OrderLine) -> str:
        """Return how many of the pieces were sent."""
        return f"{line.quantity_fulfilled} of {line.quantity}"

    @display(description="Each")
    def each(self, line: OrderLine) -> str:
        """Return the price of one piece with tax."""
        return format_money(line.unit_price_gross_amount, line.currency)

    @display(description="Together")
    def together(self, line: OrderLine) -> str:
        """Return the price of the line with tax."""
        return format_money(line.unit_price_gross_amount * line.quantity, line.currency)


class PaymentInline(OrderInline):
    """Payments with each of their transactions."""

    model = Payment
    fields = readonly_fields = ("started", "provider", "state", "taken", "transactions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        """Return the payments with their transactions in one query more."""
        return super().get_queryset(request).prefetch_related("transactions")

    @display(description="Started")
    def started(self, payment: Payment) -> str:
        """Return when the payment began."""
        return format_time(payment.created)

    @display(description="Provider")
    def provider(self, payment: Payment) -> str:
        """Return who took the money."""
        return provider_name(payment.gateway)

    @display(description="State")
    def state(self, payment: Payment) -> str:
        """Return Saleor's charge status."""
        return str(payment.get_charge_status_display())

    @display(description="Taken")
    def taken(self, payment: Payment) -> str:
        """Return what was taken, out of what was asked for."""
        taken = format_money(payment.captured_amount, payment.currency)
        return f"{taken} of {format_money(payment.total, payment.currency)}"

    @display(description="Transactions")
    def transactions(self, payment: Payment) -> SafeString:
        """Return one line per transaction."""
        return format_html_join(
            "",
            "<div>{} {} · {} · {}</div>",
            (
                (
                    item.get_kind_display(),
                    format_money(item.amount, item.currency),
                    "succeeded" if item.is_success else "failed",
                    item.token,
                )
                for item in payment.transactions.all()
            ),
        )


class EventInline(OrderInline):
    """The order's events, as Saleor recorded them."""

    model = OrderEvent
    verbose_name_plural = "Time line"
    fields = readonly_fields = ("when", "happened", "who")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderEvent]:
        """Return the events, oldest first, with who did them."""
        return super().get_queryset(request).select_related("user").order_by("date", "pk")

    @display(description="When")
    def when(self, event: OrderEvent) -> str:
        """Return when it happened."""
        return format_time(event.date)

    @display(description="What happened")
    def happened(self, event: OrderEvent) -> str:
        """Return the event in words, with its message if it has one."""
        words = _EVENT_LABELS.get(event.type, event.type)
        message = (event.parameters or {}).get("message")
        return f"{words}: {message}" if message else str(words)

    @display(description="By")
    def who(self, event: OrderEvent) -> str:
        """Return who did it; the shop itself if no person did."""
        return str(event.user.email) if event.user else "The shop"


class EmailInline(OrderInline):
    """E-mails of this order, sent or waiting."""

    model = OutgoingEmail
    verbose_name_plural = "E-mails"
    fields = readonly_fields = ("written", "what", "how_far", "sent", "attempts", "problem")

    @display(description="Written")
    def written(self, email: OutgoingEmail) -> str:
        """Return when the e-mail was put into the outbox."""
        return format_time(email.created_at)

    @display(description="Sent")
    def sent(self, email: OutgoingEmail) -> str:
        """Return when it went out."""
        return format_time(email.sent_at)

    @display(description="E-mail")
    def what(self, email: OutgoingEmail) -> SafeString:
        """Return what kind of e-mail it is, as a link to where it can be sent again."""
        url = reverse("admin:order_emails_outgoingemail_change", args=[email.pk])
        kind = KINDS.get(email.kind)
        title = kind.title if kind else email.kind
        return format_html('<a class="underline" href="{}">{}</a>', url, title)

    @display(description="State", label=EMAIL_COLOURS)
    def how_far(self, email: OutgoingEmail) -> str:
        """Return whether it has gone out."""
        return str(EmailState(email.state).label)

    @display(description="Last problem")
    def problem(self, email: OutgoingEmail) -> str:
        """Return what went wrong at the last try."""
        return email.last_error or "-"


_REFUND_COLOURS = {
    RefundStatus.ASKED.label: "warning",
    RefundStatus.PENDING.label: "info",
    RefundStatus.SUCCEEDED.label: "success",
    RefundStatus.PARTLY.label: "danger",
    RefundStatus.FAILED.label: "danger",
}


class RefundInline(OrderInline):
    """Refunds, made or pending, with their reasons."""

    model = Refund
    fields = readonly_fields = (
        "asked", "sum", "note", "of_what", "to_where", "why", "how_far", "restock_label", "who",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        """Return the refunds with who asked for them, their lines and their parts."""
        refunds = super().get_queryset(request).select_related("asked_by")
        return refunds.prefetch_related("lines__line", "parts__gift_card", "parts__payment")

    @display(description="Asked")
    def asked(self, refund: Refund) -> str:
        """Return when somebody asked for it."""
        return format_time(refund.created_at)

    @display(description="Amount")
    def sum(self, refund: Refund) -> str:
        """Return the refunded amount."""
        return format_money(refund.amount_value, refund.currency)

    @display(description="Credit note")
    def note(self, refund: Refund) -> SafeString | str:
        """Return the number of the credit note, as a link to its PDF."""
        if not refund.number:
            return "-"
        url = reverse("admin:order_order_credit_note", args=[refund.order_id, refund.number])
        return format_html('<a class="underline" href="{}">{}</a>', url, refund.credit_note)

    @display(description="For")
    def of_what(self, refund: Refund) -> SafeString | str:
        """Return the pieces that it is for, and what is for none."""
        rows = [
            (f"{row.pieces} × {row.line.product_sku}, {row.get_which_display().lower()}",
             row.amount_value)
            for row in refund.lines.all()
        ]  # fmt: skip
        sums = [("Delivery", refund.delivery_value), ("Other", refund.free_value)]
        known = [*rows, *((name, amount) for name, amount in sums if amount)]
        shown = ((name, format_money(amount, refund.currency)) for name, amount in known)
        return format_html_join("", "<div>{}: {}</div>", shown) or "-"

    @display(description="Goes to")
    def to_where(self, refund: Refund) -> SafeString | str:
        """Return each part: how much, to what, and how far it is."""
        parts = [
            (format_money(part.amount_value, part.currency), share_of(part).source.name,
             RefundStatus(part.state).label)
            for part in refund.parts.all()
        ]  # fmt: skip
        return format_html_join("", "<div>{} to {}: {}</div>", parts) or "-"

    @display(description="Reason")
    def why(self, refund: Refund) -> str:
        """Return the reason that was given."""
        return refund.reason

    @display(description="State", label=_REFUND_COLOURS)
    def how_far(self, refund: Refund) -> str:
        """Return the state of the refund."""
        return str(RefundStatus(refund.state).label)

    @display(description="Back into stock")
    def restock_label(self, refund: Refund) -> str:
        """Return whether staff said that the pieces go back into stock."""
        return "Yes" if refund.restock else "No"

    @display(description="By")
    def who(self, refund: Refund) -> str:
        """Return who asked; the shop itself if no person did."""
        return str(refund.asked_by.email) if refund.asked_by else "The shop"


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

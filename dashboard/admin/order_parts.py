"""What hangs on an order: its lines, payments, events and e-mails. All read-only."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from saleor.order import OrderEvents
from saleor.order.models import OrderEvent, OrderLine
from saleor.payment.models import Payment
from unfold.decorators import display

from dashboard.admin.base import ReadOnly, SaleorTabularInline
from dashboard.admin.show import show_money, show_time
from plugins.order_emails.kinds import KINDS
from plugins.order_emails.models import EmailState, OutgoingEmail

_EVENT_WORDS = dict(OrderEvents.CHOICES)
EMAIL_COLOURS = {
    EmailState.WAITING.label: "info",
    EmailState.SENDING.label: "info",
    EmailState.SENT.label: "success",
    EmailState.SKIPPED.label: "info",
    EmailState.FAILED.label: "warning",
    EmailState.DEAD.label: "danger",
}


class OrderPart(ReadOnly, SaleorTabularInline):
    """A read-only table on the page of an order."""

    required_permission = "order.manage_orders"
    hide_title = True  # the columns say it; Unfold would repeat each row's name above it


class LineInline(OrderPart):
    """What was bought."""

    model = OrderLine
    verbose_name_plural = "What was bought"
    fields = readonly_fields = ("what", "sku", "quantity", "packed", "each", "together")

    @display(description="What")
    def what(self, line: OrderLine) -> str:
        """Return the product with its variant."""
        return str(line)

    @display(description="SKU")
    def sku(self, line: OrderLine) -> str:
        """Return the SKU that is scanned."""
        return str(line.product_sku)

    @display(description="Packed")
    def packed(self, line: OrderLine) -> str:
        """Return how many of the pieces have left."""
        return f"{line.quantity_fulfilled} of {line.quantity}"

    @display(description="Each")
    def each(self, line: OrderLine) -> str:
        """Return the price of one piece with tax."""
        return show_money(line.unit_price_gross_amount, line.currency)

    @display(description="Together")
    def together(self, line: OrderLine) -> str:
        """Return the price of the line with tax."""
        return show_money(line.unit_price_gross_amount * line.quantity, line.currency)


class PaymentInline(OrderPart):
    """Payments with each of their transactions."""

    model = Payment
    fields = readonly_fields = ("started", "gateway", "state", "taken", "transactions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        """Return the payments with their transactions in one query more."""
        return super().get_queryset(request).prefetch_related("transactions")

    @display(description="Started")
    def started(self, payment: Payment) -> str:
        """Return when the payment began."""
        return show_time(payment.created)

    @display(description="State")
    def state(self, payment: Payment) -> str:
        """Return what Saleor says of the charge."""
        return str(payment.get_charge_status_display())

    @display(description="Taken")
    def taken(self, payment: Payment) -> str:
        """Return what was taken, out of what was asked for."""
        taken = show_money(payment.captured_amount, payment.currency)
        return f"{taken} of {show_money(payment.total, payment.currency)}"

    @display(description="Transactions")
    def transactions(self, payment: Payment) -> SafeString:
        """Return one line per transaction."""
        return format_html_join(
            "",
            "<div>{} {} · {} · {}</div>",
            (
                (
                    item.get_kind_display(),
                    show_money(item.amount, item.currency),
                    "succeeded" if item.is_success else "failed",
                    item.token,
                )
                for item in payment.transactions.all()
            ),
        )


class EventInline(OrderPart):
    """All that happened, as Saleor recorded it."""

    model = OrderEvent
    verbose_name_plural = "Time line"
    fields = readonly_fields = ("when", "happened", "who")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderEvent]:
        """Return the events, oldest first, with who did them."""
        return super().get_queryset(request).select_related("user").order_by("date", "pk")

    @display(description="When")
    def when(self, event: OrderEvent) -> str:
        """Return when it happened."""
        return show_time(event.date)

    @display(description="What happened")
    def happened(self, event: OrderEvent) -> str:
        """Return the event in words, with its message if it has one."""
        words = _EVENT_WORDS.get(event.type, event.type)
        message = (event.parameters or {}).get("message")
        return f"{words}: {message}" if message else str(words)

    @display(description="By")
    def who(self, event: OrderEvent) -> str:
        """Return who did it; the shop itself when nobody is named."""
        return str(event.user.email) if event.user else "The shop"


class EmailInline(OrderPart):
    """E-mails of this order, sent or waiting."""

    model = OutgoingEmail
    verbose_name_plural = "E-mails"
    fields = readonly_fields = ("written", "what", "how_far", "sent", "attempts", "problem")

    @display(description="Written")
    def written(self, email: OutgoingEmail) -> str:
        """Return when the e-mail was put into the outbox."""
        return show_time(email.created_at)

    @display(description="Sent")
    def sent(self, email: OutgoingEmail) -> str:
        """Return when it went out."""
        return show_time(email.sent_at)

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

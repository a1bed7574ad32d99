"""The outbox: e-mails that were sent, wait, or were given up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from dashboard.admin.base import ReadOnlyModelAdmin, format_time
from dashboard.admin.orders.inlines import EMAIL_COLOURS
from dashboard.site import staff_site
from plugins.order_emails.kinds.base import KINDS
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import resend, retry
from plugins.order_emails.policies import SendRefused


@admin.register(OutgoingEmail, site=staff_site)
class EmailAdmin(ReadOnlyModelAdmin):
    """The list, and one e-mail with what can be done about it."""

    required_permission = "order.manage_orders"
    list_display = ("written", "what", "for_order", "how_far", "sent", "attempts", "problem")
    list_filter = ("state",)
    search_fields = ("about",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Order number"
    ordering = ("-pk",)
    fields = readonly_fields = (
        "what", "for_order", "how_far", "written", "sent", "attempts", "next_try", "problem",
    )  # fmt: skip
    empty_help = "No e-mail was written yet. The first goes out with the first order."
    actions = ("retry_selected",)
    actions_detail = ("try_again", "send_again")

    def title_of(self, obj: OutgoingEmail) -> str:
        """Return the name of its kind."""
        return title_of(obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutgoingEmail], search_term: str
    ) -> tuple[QuerySet[OutgoingEmail], bool]:
        """Find by the order's number, or by what else it is about, such as user-7."""
        term = search_term.strip().lower().lstrip("#")
        found = queryset.filter(about__in=(term, f"order-{term}")) if term else queryset
        return found, False

    @display(description="Written", ordering="created_at")
    def written(self, email: OutgoingEmail) -> str:
        """Return when it was put into the outbox."""
        return format_time(email.created_at)

    @display(description="Sent", ordering="sent_at")
    def sent(self, email: OutgoingEmail) -> str:
        """Return when it went out."""
        return format_time(email.sent_at)

    @display(description="Next try")
    def next_try(self, email: OutgoingEmail) -> str:
        """Return when it is tried (again), if it still is."""
        over = {EmailState.SENT, EmailState.SKIPPED, EmailState.DEAD}
        return "-" if email.state in over else format_time(email.next_try_at)

    @display(description="E-mail", ordering="kind")
    def what(self, email: OutgoingEmail) -> str:
        """Return what kind of e-mail it is."""
        return title_of(email)

    @display(description="Order")
    def for_order(self, email: OutgoingEmail) -> SafeString | str:
        """Return a link to its order."""
        if email.order_id is None:
            return "-"
        url = reverse("admin:order_order_change", args=[email.order_id])
        return format_html('<a class="underline" href="{}">#{}</a>', url, email.order_id)

    @display(description="State", ordering="state", label=EMAIL_COLOURS)
    def how_far(self, email: OutgoingEmail) -> str:
        """Return whether it has gone out."""
        return str(EmailState(email.state).label)

    @display(description="Last problem")
    def problem(self, email: OutgoingEmail) -> str:
        """Return what went wrong at the last try."""
        return email.last_error or "-"

    @action(description="Try again", url_path="try-again", permissions=["view"])
    def try_again(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Send an e-mail that was given up."""
        return self._do(request, object_id, retry, "It is on its way again.")

    @action(description="Send again", url_path="send-again", permissions=["view"])
    def send_again(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Send a sent e-mail again."""
        return self._do(request, object_id, resend, "It is sent once more.")

    @action(description="Try again what was given up", permissions=["view"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingEmail]) -> None:
        """Send all chosen ones that were given up."""
        for email in queryset.filter(state=EmailState.DEAD):
            _resend(request, retry, email.pk, f"{title_of(email)} is on its way again.")

    def _do(self, request: HttpRequest, object_id: int, service: Any, done: str) -> HttpResponse:
        """Ask for confirmation; only a POST sends the e-mail."""
        email = self.get_object(request, str(object_id))
        if email is None:
            return redirect("admin:order_emails_outgoingemail_changelist")
        if request.method == "POST":
            number = _resend(request, service, email.pk, done) or email.pk
            return redirect("admin:order_emails_outgoingemail_change", number)
        context = {
            **staff_site.each_context(request),
            "title": f"{title_of(email)}: send it?",
            "email": email,
        }
        return TemplateResponse(request, "dashboard/email_resend.html", context)


def title_of(email: OutgoingEmail) -> str:
    """Return the name of an e-mail's kind as staff know it."""
    kind = KINDS.get(email.kind)
    return str(kind.title) if kind else email.kind


def _resend(request: HttpRequest, service: Any, email_id: int, done: str) -> int | None:
    try:
        email = service(email_id=email_id)
    except SendRefused as refused:
        messages.error(request, str(refused))
        return None
    messages.success(request, done)
    return int(email.pk)

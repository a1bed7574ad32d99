"""The outbox: e-mails that were sent, wait, or were given up; and what customers wrote to us.

Staff answer a customer's message by e-mail, in their own or in ready words.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from dashboard.admin import requests
from dashboard.admin.base import AuditedAdmin, ReadOnlyModelAdmin, SaleorModelAdmin, format_time
from dashboard.admin.filters import UnansweredFilter
from dashboard.admin.orders.inlines import EMAIL_COLOURS
from dashboard.models import AccessKind
from dashboard.services.personal_data import record_access
from dashboard.site import staff_site
from plugins.order_emails.customer_messages import (
    MAX_MESSAGE,
    AnswerRefused,
    address_of,
    answer_message,
    close_message,
    mark_answered,
)
from plugins.order_emails.kinds.base import KINDS
from plugins.order_emails.models import (
    AnswerTemplate,
    CustomerMessage,
    EmailState,
    MessageAnswer,
    OutgoingEmail,
)
from plugins.order_emails.outbox import resend, retry
from plugins.order_emails.policies import SendRefused
from plugins.ordering.submitted_forms import new_token
from product_content.parsing import parse_id


class AnswerForm(forms.Form):
    """What is written back."""

    text = forms.CharField(
        label="Answer",
        max_length=MAX_MESSAGE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        help_text="The e-mail's subject is “Our answer to you”. Their own words are not in it.",
    )


def answer_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show the message and the form; a valid POST sends the answer and returns to the message."""
    message = admin.get_object(request, object_id)
    if message is None:
        return redirect("admin:order_emails_customermessage_changelist")
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=_ready(request))
    if form.is_valid() and _answer_once(request, message, form):
        return redirect("admin:order_emails_customermessage_change", message.pk)
    record_access(actor=request.user, kind=AccessKind.MESSAGE, subject_id=message.pk)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Message {message.pk}: answer",
        "opts": admin.opts,
        "message": message,
        "address": address_of(message),
        "templates": AnswerTemplate.objects.filter(language=_language(message)),
        "form": form,
        "form_token": new_token(),
    }
    return TemplateResponse(request, "dashboard/message_answer.html", context)


def _ready(request: HttpRequest) -> dict[str, str]:
    number = parse_id(request.GET.get("words", "")) or 0
    chosen = AnswerTemplate.objects.filter(pk=number).first()
    return {"text": chosen.text} if chosen else {}


def _language(message: CustomerMessage) -> str:
    return message.language or settings.LANGUAGE_CODE


def _answer_once(request: HttpRequest, message: CustomerMessage, form: AnswerForm) -> bool:
    if not requests.claim(request):
        messages.info(request, "This was sent already, when you sent the form first.")
        return True
    user: Any = request.user
    try:
        answer_message(message_id=message.pk, text=form.cleaned_data["text"], user_id=user.pk)
    except AnswerRefused as refused:
        requests.release(request)
        form.add_error(None, str(refused))
        return False
    messages.success(request, "The answer is on its way.")
    return True


@admin.register(OutgoingEmail, site=staff_site)
class EmailAdmin(AuditedAdmin, ReadOnlyModelAdmin):
    """The list, and one e-mail with what can be done about it."""

    class Media:
        """The rules for texts as they were written."""

        css = {"all": ("dashboard/orders.css",)}

    required_permission = "order.manage_orders"
    access_kind = AccessKind.EMAIL
    list_display = ("written", "what", "for_order", "how_far", "sent", "attempts", "problem")
    list_filter = ("state",)
    search_fields = ("about",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Order number"
    ordering = ("-pk",)
    fields = readonly_fields = (
        "what", "for_order", "how_far", "written", "sent", "attempts", "next_try", "problem",
        "went_to", "subject_line", "text",
    )  # fmt: skip
    empty_help = "No e-mail was written yet. The first goes out with the first order."
    actions = ("retry_selected",)
    actions_detail = ("try_again", "send_again")

    def title_of(self, obj: OutgoingEmail) -> str:
        """Return the name of its kind."""
        return title_of(obj)

    def access_subject(self, request: HttpRequest, object_id: str) -> int | None:
        """Return the number of its order: that somebody read what it said is recorded there."""
        email = self.get_object(request, object_id)
        return email.order_id if email else None

    @display(description="To")
    def went_to(self, email: OutgoingEmail) -> str:
        """Return where it went."""
        return email.outside.get("to") or "-"

    @display(description="Subject")
    def subject_line(self, email: OutgoingEmail) -> str:
        """Return the subject as it was sent."""
        return email.outside.get("subject") or "-"

    @display(description="What it said")
    def text(self, email: OutgoingEmail) -> SafeString | str:
        """Return its text as it was sent, with the links masked; older e-mails have none."""
        html = '<div class="as-written">{}</div>'
        return format_html(html, email.said) if email.said else "Not kept"

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
        return _order_link(email.order_id)

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


@admin.register(CustomerMessage, site=staff_site)
class CustomerMessageAdmin(AuditedAdmin, ReadOnlyModelAdmin):
    """What customers wrote. The list tells nothing of it; opening one is written down."""

    class Media:
        """The rules for texts as they were written."""

        css = {"all": ("dashboard/orders.css",)}

    required_permission = "order.manage_orders"
    access_kind = AccessKind.MESSAGE
    list_display = ("received", "about_order", "how_far", "answered")
    list_filter = (UnansweredFilter,)
    list_select_related = ("answered_by",)
    ordering = ("-pk",)
    fields = readonly_fields = (
        "received",
        "about_order",
        "answer_to",
        "language",
        "text",
        "how_far",
        "answered",
        "what_we_wrote",
    )
    empty_help = "Nobody has written to the shop yet."
    actions = ("note_as_answered", "close_selected")
    actions_detail = ("answer", "answered_by_me")

    def title_of(self, obj: CustomerMessage) -> str:
        """Return its number and not what it says: titles stay in the browser's history."""
        return f"Message {obj.pk}"

    @display(description="Received", ordering="pk")
    def received(self, message: CustomerMessage) -> str:
        """Return when it came."""
        return format_time(message.received_at)

    @display(description="Order")
    def about_order(self, message: CustomerMessage) -> SafeString | str:
        """Return a link to its order."""
        return _order_link(message.order_id)

    @display(description="Answer to")
    def answer_to(self, message: CustomerMessage) -> str:
        """Return the address that the customer gave, or that of the order."""
        return message.email or (message.order.get_customer_email() if message.order else "") or "-"

    @display(description="Answered", label={"Not yet": "warning"})
    def answered(self, message: CustomerMessage) -> str:
        """Return when and by whom, or that nobody has."""
        if message.answered_at is None:
            return "Not yet"
        by = message.answered_by.email if message.answered_by else "somebody who is gone"
        return f"{format_time(message.answered_at)}, {by}"

    @display(description="State", label={"New": "warning", "Answered": "success"})
    def how_far(self, message: CustomerMessage) -> str:
        """Return whether somebody has to do something."""
        return message.state.capitalize()

    @display(description="What we wrote")
    def what_we_wrote(self, message: CustomerMessage) -> SafeString | str:
        """Return the answers that were sent from here, oldest first."""
        rows = message.answers.select_related("written_by")
        html = '<div class="as-written mb-3"><strong>{}</strong>\n{}</div>'
        return format_html_join("", html, ((_who(row), row.text) for row in rows)) or "-"

    @action(description="Answer", url_path="answer", icon="reply", permissions=["view"])
    def answer(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the form of an answer; a POST sends it."""
        return answer_page(self, request, str(object_id))

    @admin.action(description="Close: nobody has to answer", permissions=["view"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[CustomerMessage]) -> None:
        """Note that the chosen messages need no answer (any more)."""
        closed = [one for one in queryset if close_message(message_id=one.pk)]
        messages.success(request, f"Closed: {len(closed)}.")

    @admin.action(description="Note as answered", permissions=["view"])
    def note_as_answered(self, request: HttpRequest, queryset: QuerySet[CustomerMessage]) -> None:
        """Note that the chosen messages are answered, by this person."""
        noted = [one for one in queryset if _note_answer(request, one.pk)]
        messages.success(request, f"Noted: {len(noted)}.")

    @action(description="I have answered", url_path="answered", permissions=["view"])
    def answered_by_me(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for confirmation; only a POST notes the answer."""
        message = self.get_object(request, str(object_id))
        if message is None:
            return redirect("admin:order_emails_customermessage_changelist")
        if request.method == "POST":
            _note_answer(request, message.pk)
            return redirect("admin:order_emails_customermessage_change", message.pk)
        context = {
            **staff_site.each_context(request),
            "title": f"{self.title_of(message)}: answered?",
            "message": message,
        }
        return TemplateResponse(request, "dashboard/message_answered.html", context)


def _who(answer: MessageAnswer) -> str:
    by = answer.written_by.email if answer.written_by else "somebody who is gone"
    return f"{format_time(answer.written_at)}, {by}"


@admin.register(AnswerTemplate, site=staff_site)
class AnswerTemplateAdmin(SaleorModelAdmin):
    """Words for answers that come again and again."""

    required_permission = "order.manage_orders"
    can_remove = True
    list_display = ("name", "language")
    list_filter = ("language",)
    search_fields = ("name", "text")
    fields = ("name", "language", "text")
    empty_help = "Nobody has written words for answers yet."

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; the language is one of the shop's."""
        if db_field.name == "language":
            widget = UnfoldAdminSelectWidget()
            return forms.ChoiceField(choices=settings.LANGUAGES, widget=widget)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _note_answer(request: HttpRequest, message_id: int) -> bool:
    return mark_answered(message_id=message_id, user_id=int(request.user.pk or 0))


def _order_link(order_id: int | None) -> SafeString | str:
    if order_id is None:
        return "-"
    url = reverse("admin:order_order_change", args=[order_id])
    return format_html('<a class="underline" href="{}">#{}</a>', url, order_id)

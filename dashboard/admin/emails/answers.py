"""The page on which staff answer a customer's message by e-mail, in their own or ready words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminTextareaWidget

from dashboard.admin import requests
from dashboard.models import AccessKind
from dashboard.services.access_log import record_access
from plugins.order_emails.customer_messages import (
    MAX_MESSAGE,
    AnswerRefused,
    address_of,
    answer_message,
)
from plugins.order_emails.models import AnswerTemplate, CustomerMessage
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

"""Where Stripe's messages and Stripe's customers arrive, below /stripe/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from plugins.stripe_payments import events, sessions
from plugins.stripe_payments.client import BadSignature


@csrf_exempt  # Stripe's signature stands in for a form token
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Keep an event and answer 200; anything not signed by Stripe is counted and refused."""
    try:
        events.receive_event(
            payload=request.body, signature=request.headers.get("Stripe-Signature", "")
        )
    except BadSignature as error:
        events.count_refused(reason=str(error))
        return HttpResponse(status=400)
    return HttpResponse(status=200)


webhook.takes_raw_body = True  # type: ignore[attr-defined]  # a signature is over its very bytes


@never_cache
@require_GET
def return_from_stripe(request: HttpRequest) -> HttpResponseRedirect:
    """Complete the payment if the webhook has not yet, and show the order."""
    return redirect(
        sessions.complete_payment_return(reference=request.GET.get("session", "")) or "/"
    )


app_name = "stripe_payments"
urlpatterns = [
    path("webhook/", webhook, name="webhook"),
    path("return/", return_from_stripe, name="return"),
]

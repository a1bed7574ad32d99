"""The local payment page: pay, decline or cancel, as a provider's own page would offer."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import cache_control

from plugins.local_payments.formatting import money_words
from plugins.local_payments.provider import NAME, charge_id, unsign
from plugins.ordering import services
from plugins.ordering.selectors import PaymentView, get_payment_view
from product_content.languages import localized, prefix

DECLINED = _("The payment was declined. You can try again; nothing was charged.")


@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class PayView(View):
    """Shows amount and order number only; the signed reference in the address is the key."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, signed: str) -> HttpResponse:
        """Show the page, or send a paid order to its own page."""
        _reference, view = _payment(signed)
        if view.paid:
            return _to_order(view)
        return _page(request, view)

    def post(self, request: HttpRequest, signed: str) -> HttpResponse:
        """Do what the pressed button says."""
        reference, view = _payment(signed)
        if view.paid:
            return _to_order(view)
        if view.payable and request.POST.get("action") == "pay":
            return _pay(reference, view)
        if view.payable and request.POST.get("action") == "cancel":
            return _cancel(view)
        if view.payable and request.POST.get("action") == "decline":
            _decline(reference)
            return _page(request, view, message=DECLINED)
        return _page(request, view)


def _payment(signed: str) -> tuple[str, PaymentView]:
    reference = None if settings.PRODUCTION else unsign(signed)
    view = get_payment_view(provider=NAME, reference=reference) if reference else None
    if reference is None or view is None:
        raise Http404
    return reference, view


def _pay(reference: str, view: PaymentView) -> HttpResponse:
    services.record_payment(
        provider=NAME, reference=reference, amount=view.amount, raw_id=charge_id(reference)
    )
    return _to_order(view)


def _decline(reference: str) -> None:
    services.record_payment_failure(
        provider=NAME, reference=reference, raw_id=f"local-decline-{uuid4().hex}"
    )


def _cancel(view: PaymentView) -> HttpResponse:
    services.release_order(order_id=view.order_id, reason=services.CANCELED_BY_CUSTOMER)
    return redirect(localized("/basket/", view.language))


def _to_order(view: PaymentView) -> HttpResponse:
    return redirect(localized(f"/orders/{view.order_token}/", view.language))


def _page(request: HttpRequest, view: PaymentView, message: str | Promise = "") -> HttpResponse:
    with translation.override(view.language):
        context = {
            "view": view,
            "amount": money_words(view.amount),
            "shop_name": settings.SHOP_NAME,
            "root": prefix(),
            "message": message,
        }
        return render(request, "local_payments/pay.html", context)

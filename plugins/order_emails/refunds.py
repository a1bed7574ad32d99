"""The e-mail about money that went back."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from plugins.order_emails.formatting import locale_of, money
from plugins.ordering.discretion import message_promise
from plugins.ordering.models import BOOKED, Refund
from plugins.ordering.results import UNNEEDED_KEY
from product_content.languages import prefix

OCCASION = "refund-"  # the refund's id follows


def refund_occasions(order_id: int) -> list[str]:
    """Return one occasion per refund of the order that the provider has agreed to."""
    booked = Refund.objects.filter(order_id=order_id, state__in=BOOKED)
    return [f"{OCCASION}{pk}" for pk in booked.values_list("pk", flat=True)]


def payment_refunded(occasion: str) -> dict[str, Any]:
    """Return the context of the e-mail. Staff's reason is not in it: it is theirs."""
    refund = Refund.objects.select_related("order").get(pk=int(occasion.removeprefix(OCCASION)))
    order = refund.order
    locale = locale_of(order.language_code)
    promise = message_promise(order, "payment_refunded")
    return {
        "subject": promise.subject,
        "preheader": promise.preheader,
        "shop_name": settings.SHOP_NAME,
        "language": locale.language,
        "number": str(order.pk),
        "amount": money(refund.amount, locale),
        "unneeded": refund.key.startswith(UNNEEDED_KEY),
        "url": f"{settings.PUBLIC_URL}{prefix(order.language_code)}/orders/{order.token}/",
    }

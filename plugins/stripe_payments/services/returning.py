"""A customer comes back from Stripe's page."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from plugins.ordering.models import PaymentSession
from plugins.stripe_payments.client import StripeRefused, StripeUnavailable
from plugins.stripe_payments.constants import PROVIDER, RETURN_LINK_HOURS
from plugins.stripe_payments.services.sync import sync_session
from product_content.languages import localized

logger = logging.getLogger(__name__)


def complete_return(*, reference: str) -> str:
    """Record the payment if it is there, and return the path of the order's page, or "".

    Nothing depends on it: if Stripe cannot be asked now, the webhook completes the order. The
    link stands in Stripe's records, so it stops leading to the order after a day.
    """
    recent = timezone.now() - timedelta(hours=RETURN_LINK_HOURS)
    known = (
        PaymentSession.objects.select_related("order")
        .filter(provider=PROVIDER, reference=reference, created_at__gte=recent)
        .exclude(reference="")
        .first()
    )
    if known is None:
        return ""
    try:
        sync_session(reference)
    except (StripeRefused, StripeUnavailable) as error:
        logger.warning("order %s waits for its webhook: %s", known.order_id, error)
    return localized(f"/orders/{known.order.token}/", known.order.language_code)

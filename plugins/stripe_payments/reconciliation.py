"""Compare our records with Stripe's, and catch up on what no webhook or process recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from saleor.payment.models import Transaction

from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.signals import payment_needs_attention
from plugins.stripe_payments.client import StripeRefused, StripeUnavailable, get_stripe
from plugins.stripe_payments.models import UnmatchedPayment
from plugins.stripe_payments.policies import PROVIDER
from plugins.stripe_payments.refunds import apply_refund, is_settled
from plugins.stripe_payments.results import SessionData
from plugins.stripe_payments.sessions import apply_session, sync_session

logger = logging.getLogger(__name__)
# Stripe sends a webhook for three days; what it could not deliver is found here.
WINDOW = timedelta(days=3)
WEBHOOK_GRACE = timedelta(minutes=2)  # the webhook's time before we ask
BATCH = 100
Thing = TypeVar("Thing")


def reconcile(*, window: timedelta = WINDOW, grace: timedelta = WEBHOOK_GRACE) -> int:
    """Ask Stripe about orders whose payment is undecided, recent payments and recent refunds.

    Returns how many were looked at more closely. One that fails does not keep the others.
    """
    return _open_sessions(grace) + _paid_sessions(window) + _refunds(window)


def statement_is_as_shown() -> bool:
    """Ask Stripe what stands first on statements; staff are told once if customers see another.

    True also where the key may not read the account: then the operator has to look.
    """
    try:
        found = get_stripe().statement_descriptors()
    except (StripeRefused, StripeUnavailable) as error:
        logger.info("the account's statement descriptor is not known: %s", error)
        return True
    others = sorted({one for one in found if one != settings.STRIPE_STATEMENT_PREFIX})
    if others:
        _tell_of_statement(others)
    return not others


@transaction.atomic
def _tell_of_statement(found: list[str]) -> None:
    payment_needs_attention.send(
        UnmatchedPayment,
        order_id=None,
        reason="statement_line_differs",
        dedup_key="-".join([settings.STRIPE_STATEMENT_PREFIX, *found])[:50],
    )
    logger.error(
        "statements begin with %s, and customers are shown %s: correct STRIPE_STATEMENT_PREFIX",
        " and ".join(found),
        settings.STRIPE_STATEMENT_PREFIX,
    )


def _open_sessions(grace: timedelta) -> int:
    limbo = PaymentSession.objects.filter(
        provider=PROVIDER, created_at__lte=timezone.now() - grace
    ).values_list("reference", flat=True)
    payable = limbo.filter(state=SessionStatus.OPEN).order_by("pk")
    # Bank debits take days: by chance, so that many of them do not hide one that has ended.
    debits = limbo.filter(state=SessionStatus.PROCESSING).order_by("?")
    return sum(_try(sync_session, one) for one in [*payable[:BATCH], *debits[:BATCH]])


def _paid_sessions(window: timedelta) -> int:
    since = timezone.now() - window
    complete = get_stripe().list_sessions(since=since, status="complete")
    return sum(_try(apply_session, session) for session in complete if not _recorded(session))


def _recorded(session: SessionData) -> bool:
    if session.payment_status != "paid":
        return True  # a bank debit: its own row is open and was asked above
    recorded = Transaction.objects.filter(token=session.intent, is_success=True)
    return recorded.exists() or UnmatchedPayment.objects.filter(intent=session.intent).exists()


def _refunds(window: timedelta) -> int:
    refunds = get_stripe().refunds_since(timezone.now() - window)
    return sum(_try(apply_refund, refund) for refund in refunds if not is_settled(refund))


def _try(act: Callable[[Thing], None], thing: Thing) -> bool:
    try:
        act(thing)
    except Exception:
        logger.exception("reconciliation will try again")
        return False
    return True

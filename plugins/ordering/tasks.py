"""Celery tasks of ordering."""

from __future__ import annotations

from celery import shared_task

from plugins.ordering import attention, ending, erasure, holds, refunds, sold_cards, submitted_forms


@shared_task
def release_unpaid_orders() -> int:
    """Release every order whose payment session has ended (beat, once a minute)."""
    return ending.release_unpaid_orders()


@shared_task
def perform_refund(refund_id: int) -> None:
    """Make one refund at the provider."""
    refunds.perform_refund(refund_id=refund_id)


@shared_task
def perform_waiting_refunds() -> int:
    """Make the refunds that were left behind (beat, once a minute)."""
    return refunds.perform_waiting_refunds()


@shared_task
def review_shortages() -> int:
    """Flag the orders that the shelf cannot serve, and unflag the others (beat)."""
    return len(attention.review_shortages())


@shared_task
def erase_old_baskets() -> int:
    """Delete baskets that nobody came back for, tokens of forms, and who placed what (hourly)."""
    submitted_forms.forget_old_forms()
    holds.forget_old_origins()
    return erasure.erase_old_baskets()


@shared_task
def anonymise_old_orders() -> int:
    """Make orders anonymous whose time is over, and forget whom cards were for (hourly)."""
    sold_cards.forget_recipients()
    return erasure.anonymise_old_orders()

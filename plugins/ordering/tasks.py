"""Celery tasks of ordering."""

from celery import shared_task

from plugins.ordering import services


@shared_task  # type: ignore[untyped-decorator]
def release_unpaid_orders() -> int:
    """Release every order whose payment session has ended (beat, once a minute)."""
    return services.release_unpaid_orders()

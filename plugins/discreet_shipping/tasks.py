"""Celery tasks of discreet shipping."""

from __future__ import annotations

from celery import shared_task

from plugins.discreet_shipping import carriers


@shared_task
def follow_parcels() -> int:
    """Ask the carrier where its parcels are (beat, every ten minutes)."""
    return carriers.follow_parcels()

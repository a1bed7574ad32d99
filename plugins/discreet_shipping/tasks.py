"""Celery tasks of discreet shipping."""

from __future__ import annotations

from celery import shared_task

from plugins.discreet_shipping import carrier_labels


@shared_task
def follow_parcels() -> int:
    """Ask the carrier where its parcels are (beat, every ten minutes)."""
    return carrier_labels.follow_parcels()

"""Writing down who looked at a customer's data."""

from __future__ import annotations

from typing import Any

from dashboard.models import AccessRecord
from dashboard.models.access import Looked


def note_look(*, actor: Any, kind: Looked, subject_id: int) -> None:
    """Write down that a member of staff opened a page of this order or customer."""
    AccessRecord.objects.create(actor_id=actor.pk, kind=kind, subject_id=subject_id)

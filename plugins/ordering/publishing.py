"""Queue a task for rows. If the broker is unreachable, they wait for a periodic task."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task

logger = logging.getLogger(__name__)


def try_to_publish(task: Task[Any, Any], *row_ids: int) -> bool:
    """Queue `task(*row_ids)`; return False where the broker is away.

    For after the commit (`transaction.on_commit(partial(...), robust=True)`) of a row that a
    periodic task also looks for: it is safe in the database, so nothing is raised.
    """
    try:
        task.delay(*row_ids)
    except Exception as error:  # noqa: BLE001  whatever the broker raises, the row is safe
        logger.warning("%s %s waits: %s", task.name, row_ids, type(error).__name__)
        return False
    return True

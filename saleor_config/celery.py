"""The Celery application: Saleor's own, told to publish tasks only after commit.

Saleor calls `.delay()` inside transactions (order/actions.py, payment/utils.py), so a task
could run before its row exists, or after a rollback.
"""

import os
from functools import partial
from typing import Any

from saleor_config import compat

compat.install()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_config.settings.local")

from celery import Task  # noqa: E402  after compat
from django.db import transaction  # noqa: E402


class OnCommitTask(Task):
    """A task that is published after COMMIT and dropped on ROLLBACK."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Publish the task; inside a transaction wait for its commit and return None."""
        if not transaction.get_connection().in_atomic_block:
            return super().apply_async(*args, **kwargs)
        transaction.on_commit(partial(super().apply_async, *args, **kwargs))
        return None


from saleor.celeryconf import app  # noqa: E402  reads the settings named above

app.task_cls = OnCommitTask
app.autodiscover_tasks()

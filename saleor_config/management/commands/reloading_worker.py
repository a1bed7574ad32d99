"""`manage.py reloading_worker`, for `make dev`: a worker that starts anew when a file changes."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.utils.autoreload import run_with_reloader

from saleor_config.celery import app


class Command(BaseCommand):
    """Works as `runserver` does. One task at a time, since the worker runs in a thread."""

    help = "Run Celery's worker, and start it anew when a Python file changes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal comes."""
        run_with_reloader(app.worker_main, ["--quiet", "worker", "--pool", "solo"])

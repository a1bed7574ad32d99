"""What staff are told when something is shown to customers, or stays hidden."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from dashboard.errors import PublishRefused


def try_to_publish(request: HttpRequest, publish: Callable[[], None], *, called: str) -> None:
    """Publish what staff know as `called`, or say why it stays hidden."""
    try:
        publish()
    except PublishRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"{called} is shown to customers.")

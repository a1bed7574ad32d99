"""System check: no live shop takes play money."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from plugins.local_payments import PROVIDER_PATH


@register()
def refuse_in_production(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Return an Error when production settings name the local payment page."""
    if not settings.PRODUCTION or settings.PAYMENT_PROVIDER != PROVIDER_PATH:
        return []
    return [
        Error(
            "PAYMENT_PROVIDER is the local payment page, which takes no money.",
            hint="Name a real provider in the production settings.",
            id="stillwater.E002",
        )
    ]

"""When something last happened, coarse enough that asking again soon is no new occasion."""

from __future__ import annotations

from django.utils import timezone

_MINUTES_BETWEEN = 5  # of one kind to one address: nobody can fill a mailbox with our e-mails


def this_moment() -> str:
    """Return an e-mail's occasion, the same for up to `_MINUTES_BETWEEN` minutes."""
    now = timezone.now()
    return f"{now:%Y-%m-%d %H}:{now.minute // _MINUTES_BETWEEN * _MINUTES_BETWEEN:02}"

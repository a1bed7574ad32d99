"""One-time tokens of forms: a double click sends a form twice, and it counts once.

A token is made with each page that shows the form, so whoever loads the page again may send it
again. A page that is kept for several visitors must get its tokens when it is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from plugins.ordering.models import SubmittedForm

FIELD = "form_token"  # the field's name in every form
MAX_TOKEN_LENGTH = 64
_KEPT = timedelta(days=1)  # a double click takes less than a second, a slow network a minute


def new_token() -> str:
    """Return a token for a form that is about to be shown."""
    return uuid4().hex


def claim_form(*, owner: str, token: str) -> bool:
    """Say whether this form is sent for the first time, and remember that it was.

    `owner` is whose form it is, as "basket 1b4e…" or "staff 7": a token of another counts for
    nothing. Inside a transaction a second one waits for the first to end, and has its turn if that
    was rolled back. A form without a token always counts.
    """
    if not token:
        return True
    key = f"{owner} {token[:MAX_TOKEN_LENGTH]}"
    return SubmittedForm.objects.get_or_create(key=key)[1]


def is_claimed(*, owner: str, token: str) -> bool:
    """Say whether this form was sent before."""
    return SubmittedForm.objects.filter(key=f"{owner} {token[:MAX_TOKEN_LENGTH]}").exists()


def release_form(*, owner: str, token: str) -> None:
    """Let the form be sent again: what it asked for was refused."""
    SubmittedForm.objects.filter(key=f"{owner} {token[:MAX_TOKEN_LENGTH]}").delete()


def forget_old_forms(*, now: datetime | None = None) -> int:
    """Delete the tokens that nobody can send by mistake any more; return how many."""
    return SubmittedForm.objects.filter(at__lt=(now or timezone.now()) - _KEPT).delete()[0]

"""One-time tokens of forms: a double click sends a form twice, and it counts once.

A token is made with each page that shows the form, so whoever loads the page again may send it
again. A page that is kept for everybody has SHARED in its place: scripts put a token of their own
there (shop.js), and without scripts it counts once in the time of a double click.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from plugins.ordering.models import SubmittedForm

FIELD = "form_token"  # the field's name in every form
MAX_TOKEN_LENGTH = 64
SHARED = "page"
DOUBLE_CLICK = timedelta(seconds=2)
_KEPT = timedelta(days=1)  # a double click takes less than a second, a slow network a minute


def new_token() -> str:
    """Return a token for a form that is about to be shown."""
    return uuid4().hex


def claim_form(*, owner: str, token: str, what: str = "") -> bool:
    """Say whether this form is sent for the first time, and remember that it was.

    `owner` is whose form it is, as "basket 1b4e…" or "staff 7": a token of another counts for
    nothing. Inside a transaction a second one waits for the first to end, and has its turn if that
    was rolled back. A form without a token always counts. `what` is what the form asks for, as
    "variant 3": it tells forms apart that have no token of their own.
    """
    if not token:
        return True
    if token == SHARED:
        return _claim_shared(f"{owner} {SHARED} {what}")
    key = f"{owner} {token[:MAX_TOKEN_LENGTH]}"
    return SubmittedForm.objects.get_or_create(key=key)[1]


def _claim_shared(key: str) -> bool:
    """Say whether it is the first, or comes later than a double click does."""
    now = timezone.now()
    claim, is_first = SubmittedForm.objects.get_or_create(key=key)
    earlier = SubmittedForm.objects.filter(pk=claim.pk, at__lt=now - DOUBLE_CLICK)
    return is_first or bool(earlier.update(at=now))


def is_claimed(*, owner: str, token: str) -> bool:
    """Say whether this form was sent before."""
    return SubmittedForm.objects.filter(key=f"{owner} {token[:MAX_TOKEN_LENGTH]}").exists()


def release_form(*, owner: str, token: str) -> None:
    """Let the form be sent again: what it asked for was refused."""
    SubmittedForm.objects.filter(key=f"{owner} {token[:MAX_TOKEN_LENGTH]}").delete()


def forget_old_forms(*, now: datetime | None = None) -> int:
    """Delete the tokens that nobody can send by mistake any more; return how many."""
    return SubmittedForm.objects.filter(at__lt=(now or timezone.now()) - _KEPT).delete()[0]

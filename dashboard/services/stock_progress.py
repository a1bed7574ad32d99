"""How far an import is, for the page that waits for it. Kept in the cache: the import itself
is one transaction, of which nobody else sees anything before it ends.
"""

from __future__ import annotations

from django.core.cache import cache

_STEP = 200
_KEPT_SECONDS = 600


def note_progress(*, user_id: int, done: int, total: int) -> None:
    """Note how many lines are read, now and then."""
    if done % _STEP == 0 or done == total:
        cache.set(_key(user_id), [done, total], _KEPT_SECONDS)


def read_progress(*, user_id: int) -> tuple[int, int]:
    """Return how many lines of how many are read; (0, 0) before it begins."""
    done, total = cache.get(_key(user_id), (0, 0))
    return done, total


def forget_progress(*, user_id: int) -> None:
    """Begin anew, for the next step."""
    cache.delete(_key(user_id))


def _key(user_id: int) -> str:
    return f"stock-import-{user_id}"

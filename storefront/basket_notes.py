"""What has just been done to a basket, to be said once on its page.

It waits in the cache under the basket's token: an address would stay in histories, and a cookie
would travel along. While the cache is away nothing is said; the basket itself tells the rest.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from storefront.for_sale import for_sale

KEPT_SECONDS = 60  # long enough for the page that follows


@dataclass(frozen=True, slots=True)
class BasketNote:
    """What was done; `quantity` in pieces of the variant, 0 where none is meant."""

    kind: Literal["added", "changed", "removed", "code", "code_removed", "card_removed"]
    variant_id: int = 0
    quantity: int = 0
    code: str = ""

    @property
    def name(self) -> str:
        """The variant's name in the language of now, "" when customers may not see it."""
        found = for_sale(self.variant_id)
        return found.name if found else ""


def leave_note(token: UUID | None, note: BasketNote) -> None:
    """Keep the note for the next look at this basket, in place of an earlier one."""
    with suppress(RedisError):
        cache.set(f"basket-note-{token}", note, KEPT_SECONDS)


def take_note(token: UUID | None) -> BasketNote | None:
    """Return the note that waits for this basket, once."""
    if token is None:
        return None
    with suppress(RedisError):
        note: BasketNote | None = cache.get(f"basket-note-{token}")
        if note is not None:
            cache.delete(f"basket-note-{token}")
        return note
    return None

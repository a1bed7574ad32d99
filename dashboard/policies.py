"""Rules of the dashboard. Pure: each returns whether something is allowed and, if not, why."""

from __future__ import annotations

from collections.abc import Iterable


def may_publish(*, has_card: bool, has_variants: bool) -> tuple[bool, str]:
    """Say whether a product may be shown to customers."""
    if not has_card:
        return False, "its safety card is not complete"
    if not has_variants:
        return False, "it has nothing to sell yet (no variant)"
    return True, ""


def may_manage_staff(*, manager: Iterable[str], other: Iterable[str]) -> tuple[bool, str]:
    """Say whether staff with the permissions `manager` may change someone who has `other`."""
    if set(other) - set(manager):
        return False, "They may do more than you may."
    return True, ""

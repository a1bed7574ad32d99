"""The saved views of a staff list that a person sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from dashboard.models import SavedView
from dashboard.policies import may_drop_view
from dashboard.selectors.packing import name_of


@dataclass(frozen=True)
class ViewLink:
    """A view as a link. `by` is the colleague who shared it, "" for one's own."""

    view_id: int
    name: str
    query: str
    is_shared: bool
    by: str
    may_drop: bool


def views_of(*, list_name: str, person: Any) -> list[ViewLink]:
    """Return the person's own views and those that colleagues share, by name; one query."""
    seen = Q(owner_id=person.pk) | Q(is_shared=True, owner__is_active=True)
    views = SavedView.objects.filter(seen, list_name=list_name).select_related("owner")
    return [_link(view, person) for view in views]


def _link(view: SavedView, person: Any) -> ViewLink:
    is_own = view.owner_id == person.pk
    return ViewLink(
        view_id=view.pk,
        name=view.name,
        query=view.query,
        is_shared=view.is_shared,
        by="" if is_own else name_of(view.owner),
        may_drop=may_drop_view(
            is_own=is_own, manages_staff=person.has_perm("account.manage_staff")
        )[0],
    )

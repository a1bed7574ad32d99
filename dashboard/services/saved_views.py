"""Keeping and dropping saved views of staff lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from dashboard.models import SavedView
from dashboard.policies import may_drop_view, may_keep_view


class ViewRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """Nothing was changed; `str()` says why."""


def keep_view(*, person: Any, list_name: str, name: str, query: str, is_shared: bool) -> None:
    """Keep a view under a name; `query` was checked by the list. Raises ViewRefused."""
    known = SavedView.objects.filter(owner_id=person.pk, list_name=list_name).count()
    allowed, why = may_keep_view(query=query, known=known)
    if not allowed:
        raise ViewRefused(why)
    _view, is_new = SavedView.objects.get_or_create(
        owner_id=person.pk,
        list_name=list_name,
        name=name,
        defaults={"query": query, "is_shared": is_shared},
    )
    if not is_new:
        raise ViewRefused("You have a view of this name here. Choose another name.")


def drop_view(*, person: Any, list_name: str, view_id: int) -> None:
    """Drop a view; one that is gone already is no mistake. Raises ViewRefused."""
    seen = Q(owner_id=person.pk) | Q(is_shared=True)
    view = SavedView.objects.filter(seen, list_name=list_name, pk=view_id).first()
    if view is None:
        return
    allowed, why = may_drop_view(
        is_own=view.owner_id == person.pk, manages_staff=person.has_perm("account.manage_staff")
    )
    if not allowed:
        raise ViewRefused(why)
    view.delete()

"""The roles of `dashboard.roles` as permission groups."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from dashboard.roles import ROLES, Role
from dashboard.selectors.staff import permissions_named


@transaction.atomic
def make_roles() -> list[str]:
    """Make the groups that are not there yet and return their names; leave the others alone."""
    known = set(Group.objects.values_list("name", flat=True))
    missing = [role for role in ROLES if role.name not in known]
    for role in missing:
        _make(role)
    return [role.name for role in missing]


def _make(role: Role) -> None:
    group = Group.objects.create(name=role.name)
    group.permissions.set(permissions_named(role.permissions))

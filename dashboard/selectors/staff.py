"""Who may do what, and what a person may therefore hand on."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from saleor.account.models import User
from saleor.core.permissions import get_permissions, get_permissions_enum_list

SUPERUSER = "superuser"  # more than all permissions together


def permissions_of(user: User) -> set[str]:
    """Return the user's permissions as "app.codename", also of a user who is switched off."""
    if user.is_superuser:
        return {value for _, value in get_permissions_enum_list()} | {SUPERUSER}
    own = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return _codes(own.select_related("content_type"))


def permissions_of_group(group: Group) -> set[str]:
    """Return the group's permissions as "app.codename"."""
    return _codes(group.permissions.select_related("content_type"))


def grantable_permissions(user: User) -> QuerySet[Permission]:
    """Return those of Saleor's permissions that the user has."""
    codenames = [code.split(".")[1] for code in permissions_of(user) if "." in code]
    return get_permissions().filter(codename__in=codenames).order_by("name")


def grantable_groups(user: User) -> QuerySet[Group]:
    """Return the groups that may do nothing the user may not."""
    if user.is_superuser:
        return Group.objects.order_by("name")
    beyond = Permission.objects.exclude(pk__in=grantable_permissions(user).values("pk"))
    too_much = Group.objects.filter(permissions__in=beyond)
    return Group.objects.exclude(pk__in=too_much.values("pk")).order_by("name")


def _codes(permissions: QuerySet[Permission]) -> set[str]:
    return {f"{item.content_type.app_label}.{item.codename}" for item in permissions}

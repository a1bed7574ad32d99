"""Who may do what, and what a person may therefore hand on."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice
from saleor.account.models import User
from saleor.core.permissions import get_permissions_enum_list

from dashboard.roles import OWN_PERMISSIONS

SUPERUSER = "superuser"  # more than all permissions together
# for `annotate` of users: whether an authenticator app is set up
WITH_APP = Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True))


def permissions_of(user: User) -> set[str]:
    """Return the user's permissions as "app.codename", also of a user who is switched off."""
    if user.is_superuser:
        return _every_code() | {SUPERUSER}
    own = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return _codes(own.select_related("content_type"))


def permissions_of_group(group: Group) -> set[str]:
    """Return the group's permissions as "app.codename"."""
    return _codes(group.permissions.select_related("content_type"))


def grantable_permissions(user: User) -> QuerySet[Permission]:
    """Return those permissions of Saleor's and of ours that the user has."""
    return permissions_named(permissions_of(user) & _every_code())


def permissions_named(codes: Iterable[str]) -> QuerySet[Permission]:
    """Return the permissions called "app.codename"; one that nobody has made is left out."""
    named = Q(pk__in=())
    for code in codes:
        app, codename = code.split(".")
        named |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(named).select_related("content_type").order_by("name")


def grantable_groups(user: User) -> QuerySet[Group]:
    """Return the groups that may do nothing the user may not."""
    if user.is_superuser:
        return Group.objects.order_by("name")
    beyond = Permission.objects.exclude(pk__in=grantable_permissions(user).values("pk"))
    too_much = Group.objects.filter(permissions__in=beyond)
    return Group.objects.exclude(pk__in=too_much.values("pk")).order_by("name")


def staff_by_email(part: str) -> QuerySet[User]:
    """Return the staff whose e-mail has this part."""
    return User.objects.filter(is_staff=True, email__icontains=part).order_by()


def _every_code() -> set[str]:
    own = {code for code, _ in OWN_PERMISSIONS}
    return {value for _, value in get_permissions_enum_list()} | own


def _codes(permissions: QuerySet[Permission]) -> set[str]:
    return {f"{item.content_type.app_label}.{item.codename}" for item in permissions}

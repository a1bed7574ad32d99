"""Staff accounts: who may grant what, roles as permission groups, the second factor."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice
from saleor.account.models import User
from saleor.core.permissions import get_permissions_enum_list

from dashboard.models import RecoveryCodes
from dashboard.roles import OWN_PERMISSIONS, ROLES, Role
from product_content.parsing import normal_email

SUPERUSER_MARK = "superuser"  # stands for more than all permissions together
# for `annotate` of users: whether an authenticator app is set up
WITH_APP = Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True))


def permissions_of(user: User) -> set[str]:
    """Return the user's permissions as "app.codename", also of an inactive user."""
    if user.is_superuser:
        return _all_permission_codes() | {SUPERUSER_MARK}
    own = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return _permission_codes(own.select_related("content_type"))


def permissions_of_group(group: Group) -> set[str]:
    """Return the group's permissions as "app.codename"."""
    return _permission_codes(group.permissions.select_related("content_type"))


def grantable_permissions(user: User) -> QuerySet[Permission]:
    """Return those permissions of Saleor's and of ours that the user has."""
    return permissions_named(permissions_of(user) & _all_permission_codes())


def permissions_named(codes: Iterable[str]) -> QuerySet[Permission]:
    """Return the permissions called "app.codename"; one that does not exist is left out."""
    named = Q(pk__in=())
    for code in codes:
        app, codename = code.split(".")
        named |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(named).select_related("content_type").order_by("name")


def grantable_groups(user: User) -> QuerySet[Group]:
    """Return the groups whose permissions the user all has."""
    if user.is_superuser:
        return Group.objects.order_by("name")
    beyond = Permission.objects.exclude(pk__in=grantable_permissions(user).values("pk"))
    too_much = Group.objects.filter(permissions__in=beyond)
    return Group.objects.exclude(pk__in=too_much.values("pk")).order_by("name")


def name_of(person: User | None) -> str:
    """Return what colleagues call a member of staff, "" for nobody."""
    if person is None:
        return ""
    return f"{person.first_name} {person.last_name}".strip() or str(person.email)


def staff_by_email(part: str) -> QuerySet[User]:
    """Return the staff whose e-mail has this part."""
    return User.objects.filter(is_staff=True, email__icontains=normal_email(part)).order_by()


def _all_permission_codes() -> set[str]:
    own = {code for code, _ in OWN_PERMISSIONS}
    return {value for _, value in get_permissions_enum_list()} | own


def _permission_codes(permissions: QuerySet[Permission]) -> set[str]:
    return {f"{item.content_type.app_label}.{item.codename}" for item in permissions}


@transaction.atomic
def make_roles() -> list[str]:
    """Create the missing groups and return their names; leave the others as they are."""
    known = set(Group.objects.values_list("name", flat=True))
    missing = [role for role in ROLES if role.name not in known]
    for role in missing:
        _make_group(role)
    return [role.name for role in missing]


def _make_group(role: Role) -> None:
    group = Group.objects.create(name=role.name)
    group.permissions.set(permissions_named(role.permissions))


_CODE_DIGITS = 6


def device_to_enrol(*, user: User) -> TOTPDevice:
    """Return the unconfirmed app of the person; its secret stays the same until it is confirmed."""
    device, _ = TOTPDevice.objects.get_or_create(
        user_id=user.pk, confirmed=False, defaults={"name": settings.SHOP_NAME}
    )
    return device


@transaction.atomic
def finish_enrolment(*, user: User, token: str) -> tuple[TOTPDevice, list[str]] | None:
    """Confirm the app if its code is right, and return it with ten new recovery codes.

    None for a wrong code, and for somebody who has an app already: a second one would let
    whoever knows the password in.
    """
    User.objects.select_for_update().get(pk=user.pk)
    device = TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).first()
    if device is None or has_second_factor(user) or not device.verify_token(token):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device, RecoveryCodes.renew(user)[1]


@transaction.atomic
def verify_code(*, user: User, token: str) -> Device | None:
    """Return the device that accepted the code, or None. Each code works once."""
    kind = TOTPDevice if token.isdecimal() and len(token) == _CODE_DIGITS else RecoveryCodes
    devices = devices_for_user(user, for_verify=True)
    fitting = [device for device in devices if isinstance(device, kind)]
    return next((device for device in fitting if device.verify_token(token)), None)


def renew_recovery_codes(*, user: User) -> list[str]:
    """Return ten new codes; the old ones no longer work."""
    return RecoveryCodes.renew(user)[1]


@transaction.atomic
def reset_second_factor(*, user: User) -> None:
    """Let the person set it up again, as after a lost phone; their sessions end with the device."""
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    RecoveryCodes.objects.filter(user_id=user.pk).delete()


def has_second_factor(user: User) -> bool:
    """Say whether the person has set up an app."""
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists()

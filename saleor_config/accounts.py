"""What holds for every account: one spelling of its e-mail address, and when its sessions end.

An address is stored in the form in which it is looked up, whoever writes the row: a form, or a
command on the server.

A session ends with the password, the address and the rights that it was opened with. Django ties
it to the password; here it is tied to the address as well, to whether its person is staff, and to a
stamp: a new one ends all sessions of somebody for ever, also when what had changed is changed
back, as with a colleague who comes back.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.utils.crypto import salted_hmac

from product_content.parsing import normal_email

STAMP = "session_stamp"  # in the account's private metadata
_ENDING = ("email", "is_active", "is_staff", "is_superuser")  # a change of these ends sessions
_REMOVALS = ("post_remove", "post_clear")


def install() -> None:
    """Listen to accounts that are saved or lose rights; calling it again changes nothing."""
    user: Any = get_user_model()
    user._get_session_auth_hash = _session_hash  # Saleor's model; proxies inherit it
    for model in apps.get_models():
        if issubclass(model, user):
            pre_save.connect(_spell_address, sender=model)
            pre_save.connect(_compare, sender=model)
            post_save.connect(_end_if_changed, sender=model)
    for rights in (user.groups, user.user_permissions, Group.permissions):
        m2m_changed.connect(_rights_changed, sender=rights.through)
    post_delete.connect(_end_without_rights, sender=Group)


def end_sessions(user: Any) -> None:
    """End all sessions of the account, for ever."""
    user.store_value_in_private_metadata({STAMP: secrets.token_hex(8)})
    type(user).objects.filter(pk=user.pk).update(private_metadata=user.private_metadata)


def staff_without_rights() -> QuerySet[Any]:
    """Return the staff who may do nothing."""
    staff = get_user_model().objects.filter(is_staff=True, is_superuser=False)
    return staff.filter(user_permissions=None).exclude(groups__permissions__isnull=False)


def _session_hash(user: Any, secret: str | None = None) -> str:
    stamp = (user.private_metadata or {}).get(STAMP, "")
    opened_with = (user.password, user.email, user.is_staff, user.is_superuser, stamp)
    key_salt = "saleor_config.accounts"
    return salted_hmac(key_salt, repr(opened_with), secret=secret, algorithm="sha256").hexdigest()


def _spell_address(instance: Any, **_: Any) -> None:
    instance.email = normal_email(instance.email)


def _compare(
    sender: Any, instance: Any, raw: bool, update_fields: frozenset[str] | None, **_: Any
) -> None:
    instance._ends_sessions = False
    if instance.pk is None or raw or (update_fields and update_fields.isdisjoint(_ENDING)):
        return
    known = sender.objects.filter(pk=instance.pk).values(*_ENDING).first()
    now = {field: getattr(instance, field) for field in _ENDING}
    instance._ends_sessions = known is not None and known != now


def _end_if_changed(instance: Any, **_: Any) -> None:
    if instance._ends_sessions:
        end_sessions(instance)


def _rights_changed(action: str, **_: Any) -> None:
    if action in _REMOVALS:
        _end_without_rights()


def _end_without_rights(**_: Any) -> None:
    for user in staff_without_rights():
        end_sessions(user)

"""The second step of logging in: codes of an authenticator app, or a recovery code."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice
from saleor.account.models import User

from dashboard.models import RecoveryCodes

_DIGITS = 6


def device_to_enrol(*, user: User) -> TOTPDevice:
    """Return the app that the person is about to set up; its secret stays until it works."""
    device, _ = TOTPDevice.objects.get_or_create(
        user_id=user.pk, confirmed=False, defaults={"name": settings.SHOP_NAME}
    )
    return device


@transaction.atomic
def finish_enrolment(*, user: User, token: str) -> tuple[TOTPDevice, list[str]] | None:
    """Trust the app if its code is right, and return it with ten new recovery codes.

    None for a wrong code, and for somebody who has an app already: a second one would let
    whoever knows the password in.
    """
    User.objects.select_for_update().get(pk=user.pk)
    device = TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).first()
    if device is None or has_second_step(user) or not device.verify_token(token):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device, RecoveryCodes.renew(user)[1]


@transaction.atomic
def verify(*, user: User, token: str) -> Device | None:
    """Return what accepted the code, or None. Each code opens once."""
    kind = TOTPDevice if token.isdecimal() and len(token) == _DIGITS else RecoveryCodes
    devices = devices_for_user(user, for_verify=True)
    fitting = [device for device in devices if isinstance(device, kind)]
    return next((device for device in fitting if device.verify_token(token)), None)


def renew_recovery_codes(*, user: User) -> list[str]:
    """Return ten new codes; the old ones no longer open anything."""
    return RecoveryCodes.renew(user)[1]


@transaction.atomic
def forget_second_step(*, user: User) -> None:
    """Let the person begin anew, as after a lost phone; their sessions end with the device."""
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    RecoveryCodes.objects.filter(user_id=user.pk).delete()


def has_second_step(user: User) -> bool:
    """Say whether the person has set up an app."""
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists()

"""`manage.py staff_code EMAIL`, called by `make code`: a second-factor code without a phone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from product_content.parsing import normal_email


class Command(BaseCommand):
    """Print the code that an authenticator app would show now. Never in a live shop."""

    help = "Print the code that an authenticator app would show now (not in production)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's e-mail address."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Print the code of the app that is set up, or is about to be."""
        if settings.PRODUCTION:
            raise CommandError("Not in production: use your own authenticator app.")
        device = (
            TOTPDevice.objects.filter(user__email=normal_email(email))
            .order_by("-confirmed")
            .first()
        )
        if device is None:
            raise CommandError("Log in with the password first; then ask again.")
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        self.stdout.write(f"{totp.token():0{device.digits}d}")

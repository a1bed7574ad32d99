"""`manage.py prepare_shop EMAIL PASSWORD_FILE`, which `make run` calls: contents, VAT, staff."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.db import transaction

from plugins.taxes.models import TaxSettings
from plugins.taxes.rates import PLUGIN_ID, save_settings


class Command(BaseCommand):
    """Load catalogue and collection points; the one account can log in to /staff/."""

    help = "Load the catalogue and make sure that a member of staff can log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's e-mail address and the file that holds its password."""
        parser.add_argument("email")
        parser.add_argument("password_file", type=Path)

    def handle(self, *args: Any, email: str, password_file: Path, **options: Any) -> None:
        """Run all four."""
        call_command("load_catalogue", verbosity=options["verbosity"])
        call_command("load_points", demo=True, verbosity=options["verbosity"])
        register_demo_shop()
        ensure_staff(email=email, password=password_file.read_text().strip())


# The number that HM Revenue & Customs uses in its own examples; it belongs to nobody.
EXAMPLE_NUMBER = "GB999999973"


def register_demo_shop() -> None:
    """Give a British shop whose VAT nobody has set yet an example number, so that VAT can be tried.

    Elsewhere a British number would stand on invoices without anybody having asked for it.
    """
    is_british = settings.DEFAULT_COUNTRY == "GB"
    if is_british and not TaxSettings.objects.filter(identifier=PLUGIN_ID).exists():
        save_settings(number=EXAMPLE_NUMBER, without_rate="same_price")


@transaction.atomic
def ensure_staff(*, email: str, password: str) -> None:
    """Make the account, or give it back its password and its rights."""
    user, _ = get_user_model().objects.select_for_update().get_or_create(email=email)
    user.is_active = user.is_staff = user.is_superuser = True
    if not user.check_password(password):
        user.set_password(password)
    user.save()

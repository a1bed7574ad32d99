"""`manage.py reset_second_factor EMAIL`: for whoever lost their phone and recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from dashboard.models import StaffMember
from dashboard.services.staff import reset_second_factor
from product_content.parsing import normal_email


class Command(BaseCommand):
    """Reset somebody's second factor, so that they set it up again."""

    help = "Reset a member of staff's second factor, so that they set it up again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's e-mail address."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Delete the authenticator app and the recovery codes."""
        member = StaffMember.objects.filter(
            email__iexact=normal_email(email), is_staff=True
        ).first()
        if member is None:
            raise CommandError("No member of staff has this e-mail.")
        reset_second_factor(user=member)
        self.stdout.write("Done. The next log-in asks to set it up again.")

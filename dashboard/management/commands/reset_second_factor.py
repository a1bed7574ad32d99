"""`manage.py reset_second_factor EMAIL`: for whoever lost their phone and recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from dashboard.models import StaffMember
from dashboard.services.staff import reset_second_factor


class Command(BaseCommand):
    """Let somebody set up the second step of their log-in anew."""

    help = "Let a member of staff set up the second step of their log-in anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's e-mail address."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Forget app and recovery codes."""
        member = StaffMember.objects.filter(email__iexact=email, is_staff=True).first()
        if member is None:
            raise CommandError("No member of staff has this e-mail.")
        reset_second_factor(user=member)
        self.stdout.write("Done. The next log-in leads through setting it up.")

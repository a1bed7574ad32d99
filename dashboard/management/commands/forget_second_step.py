"""`manage.py forget_second_step EMAIL`: for the owner whose phone and recovery codes are gone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from dashboard.models import StaffMember
from dashboard.services.second_step import forget_second_step


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
        forget_second_step(user=member)
        self.stdout.write("Done. The next log-in leads through setting it up.")

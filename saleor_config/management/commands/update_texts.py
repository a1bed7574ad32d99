"""`manage.py update_texts`: look for texts that are new, and say which are not translated."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from saleor_config.translations import update_catalogues


class Command(BaseCommand):
    """Write new texts into locale/*/LC_MESSAGES/django.po."""

    help = "Bring the catalogues in locale/ up to date with the texts in the code."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Update every language and list what is left to translate."""
        for language, texts in update_catalogues().items():
            for text in texts:
                self.stdout.write(f"{language}: {text}")
            self.stdout.write(f"{language}: {len(texts)} left to translate")

#!/usr/bin/env python
"""Django's command line for this shop."""

import os
import sys

from saleor_config import compat


def main() -> None:
    """Run the command named on the command line."""
    compat.install()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_config.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

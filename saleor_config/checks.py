"""System checks of the project."""

from __future__ import annotations

from importlib import metadata

from django.core.checks import CheckMessage, Error, register

SALEOR_VERSION = "2.10.1"


@register()
def saleor_is_the_version_we_bridge(**kwargs: object) -> list[CheckMessage]:
    """Refuse any Saleor but the one that ``compat``, the locks and the plugins were written for."""
    installed = metadata.version("saleor")
    if installed == SALEOR_VERSION:
        return []
    return [
        Error(
            f"Saleor {installed} is installed; this shop is built on Saleor {SALEOR_VERSION}.",
            hint="Install the locked packages again: make clean, then make run.",
            id="stillwater.E001",
        )
    ]

"""Which sizes a photo is stored in, and what they are called. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath

# Pixels. A card on a phone, the same on a dense screen, a product's page on a dense screen.
WIDTHS = (400, 800, 1400)


def widths_for(width: int) -> list[int]:
    """Return the widths to store a photo in that is `width` wide: never more than it has."""
    return [*(smaller for smaller in WIDTHS if smaller < width), width]


def name_at(name: str, width: int) -> str:
    """Return the name of the WebP copy in this width of the photo stored as `name`."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-{width}.webp"))

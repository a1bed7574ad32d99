"""What a sheet consists of. All figures are millimetres from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass

POINT = 25.4 / 72  # a typographic point in millimetres


@dataclass(frozen=True)
class Text:
    """A line of text; `y` is its baseline, `size` the height of the type in millimetres."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Sheet:
    """A sheet with what stands on it."""

    width: float
    height: float
    texts: tuple[Text, ...]
    boxes: tuple[Box, ...]


# 4 by 6 inch is what carriers' thermal printers take; A6 is its European neighbour (ISO 216).
SIZES: dict[str, tuple[float, float]] = {"4x6": (101.6, 152.4), "a6": (105.0, 148.0)}

"""The shop's accent colour: is it readable, and the style sheet that puts it in place of ours.

Contrast is that of WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text of any size. The
backgrounds are those of `shop.css`; a manager chooses the colour by day, that of night follows.
"""

from __future__ import annotations

import re
from functools import lru_cache

COLOUR = re.compile(r"#[0-9a-f]{6}")
ENOUGH = 4.5
_BY_DAY = ("#f7f3ea", "#fffdf8", "#ece5d6", "#dfeae6")
_BY_NIGHT = ("#0e1f25", "#152a31", "#122730", "#1b3a40")
_WHITE, _BLACK, _NIGHT_INK = "#ffffff", "#000000", "#0c2227"
_STEPS = 50  # in which a colour is mixed with black or white
_DEEPER = 0.3  # how much black, or white by night, a link has that is pointed at

_SHEET = """:root {{
  --accent: {accent};
  --accent-deep: {deep};
  --on-accent: #ffffff;
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --accent: {night};
    --accent-deep: {night_deep};
    --on-accent: #0c2227;
  }}
}}
"""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours such as "#17656b", from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def weakest_contrast(accent: str) -> float:
    """Return the lowest contrast that an accent colour has by day, with paper and with its text."""
    return min(contrast(accent, other) for other in (*_BY_DAY, _WHITE))


def readable(accent: str) -> str:
    """Return the colour itself, or the nearest darker one that is readable by day."""
    return _mixed_until(accent, _BLACK, (*_BY_DAY, _WHITE))


def is_readable(accent: str) -> bool:
    """Say whether text in this colour, and white text on it, can be read by day."""
    return weakest_contrast(accent) >= ENOUGH


@lru_cache(maxsize=8)
def style_sheet(accent: str) -> str:
    """Return the rules that put a readable accent colour in place of the shop's own."""
    night = _mixed_until(accent, _WHITE, (*_BY_NIGHT, _NIGHT_INK))
    return _SHEET.format(
        accent=accent,
        deep=_mixed(accent, _BLACK, _DEEPER),
        night=night,
        night_deep=_mixed(night, _WHITE, _DEEPER),
    )


def _mixed_until(colour: str, other: str, backgrounds: tuple[str, ...]) -> str:
    """Return the colour with as little of the other as makes it readable on all of these."""
    steps = (_mixed(colour, other, step / _STEPS) for step in range(_STEPS + 1))
    return next(
        (mix for mix in steps if min(contrast(mix, each) for each in backgrounds) >= ENOUGH), other
    )


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    """Return the relative luminance, from 0 to 1, as WCAG 2.2 defines it."""
    parts = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  WCAG
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Make the shop's two font files from the variable fonts of npm packages, and print their sizes.

Usage: ``python docs/tools/subset_fonts.py NEWSREADER.woff2 FIGTREE.woff2``, which are
``files/newsreader-latin-standard-normal.woff2`` of ``@fontsource-variable/newsreader`` 5.3.0 and
``files/figtree-latin-wght-normal.woff2`` of ``@fontsource-variable/figtree`` 5.3.0. Their licence,
the SIL Open Font License 1.1, lies beside the files that are made.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FOLDER = Path(__file__).parents[2] / "storefront/static/storefront/fonts"
LETTERS = "".join(map(chr, range(0x20, 0x7F)))
MORE = "áéíóúüñÁÉÍÓÚÜÑ¿¡ªº«»àèçêöäßÀÇÖÄ\xa0©·×±½¼¾²³°£€¥–—‘’“”„…•→←↑↓−≤≥≈✓′″‑"
FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum")
# What of each axis is kept: headings are set large, so one optical size will do.
LIMITS = {
    "newsreader": {"opsz": 36, "wght": (400, 600)},
    "figtree": {"wght": (400, 700)},
}


def reduced(source: Path, limits: dict[str, int | tuple[int, int]]) -> bytes:
    """Return the font with these axes and the shop's letters alone, as WOFF2."""
    narrow = BytesIO()
    instancer.instantiateVariableFont(TTFont(source), limits).save(narrow)
    font = TTFont(narrow)
    options = subset.Options(flavor="woff2", hinting=False, layout_features=list(FEATURES))
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=LETTERS + MORE)
    subsetter.subset(font)
    made = BytesIO()
    font.flavor = "woff2"
    font.save(made)
    return made.getvalue()


def main() -> None:
    """Write both files beside their licences."""
    for source, (name, limits) in zip(sys.argv[1:], LIMITS.items(), strict=True):
        made = FOLDER / f"{name}.woff2"
        made.write_bytes(reduced(Path(source), limits))
        print(f"{made.name}: {made.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Rendered pictures of the demo products: which there are, their copies, what they show in words.

They are drawn by `make pictures` from the catalogue's figures, lie among the static files, and are
shown as long as a product has no photo. A file is `<name>-<width>.webp`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.translation import gettext

from product_content.types import Photo, SizeInfo

WIDTHS = (400, 800)  # pixels: a card or a phone, and a wide or dense screen
CALM = "morning"  # tells nothing over a shoulder, or where a link is shared
CALM_SHARE = f"product_content/pictures/{CALM}-share.jpg"  # 800 by 420 pixels
RATIO = 2 / 3  # height by width
FOLDER = Path(__file__).parent / "static" / "product_content" / "pictures"
_COIN_MM = 24  # mm, the disc that lies in each picture (docs/tools/pictures/things.py)


@cache
def rendered_names() -> tuple[str, ...]:
    """Return the names of the pictures that there are, in alphabetical order."""
    end = f"-{WIDTHS[0]}.webp"
    return tuple(sorted(path.name.removesuffix(end) for path in FOLDER.glob(f"*{end}")))


def picture_choices() -> list[tuple[str, str]]:
    """Return the pictures that staff may choose from for a product."""
    return [(name, name.replace("-", " ")) for name in rendered_names()]


def rendered_picture(name: str, alt: str) -> Photo | None:
    """Return a picture with its copies; None where there is none of this name."""
    if name not in rendered_names():
        return None
    address, srcset = _copies(name)
    wide = WIDTHS[-1]
    return Photo(alt, address, srcset, wide, round(wide * RATIO), rendered=True)


@cache
def _copies(name: str) -> tuple[str, str]:
    """Return the address of the widest copy, and all of them as `srcset` has them."""
    copies = [(static(f"product_content/pictures/{name}-{width}.webp"), width) for width in WIDTHS]
    return copies[-1][0], ", ".join(f"{address} {width}w" for address, width in copies)


def describe_picture(name: str, sizes: tuple[SizeInfo, ...], *, together: bool) -> str:
    """Return what a product's picture shows, from its name and sizes.

    `together` says that the product has all its sizes at once, as a set has.
    """
    values = {"name": name, "coin": _COIN_MM, "count": len(sizes)}
    if not sizes:
        return gettext("%(name)s on linen, beside a coin %(coin)s mm wide.") % values
    if not together:
        return (
            gettext(
                "%(name)s: one leans on a rolled cloth, a smaller one lies beside it, with a coin "
                "%(coin)s mm wide."
            )
            % values
        )
    values |= {"thinnest": sizes[0].diameter_mm, "widest": sizes[-1].diameter_mm}
    return (
        gettext(
            "%(name)s: %(count)s pieces, from %(thinnest)s to %(widest)s mm wide, lie on linen "
            "beside a coin %(coin)s mm wide."
        )
        % values
    )

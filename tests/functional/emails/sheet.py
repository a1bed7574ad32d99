"""`python -m tests.functional.emails.sheet FOLDER`: every e-mail as a picture, to be looked at.

One PNG per width and colour scheme, with all kinds side by side, filled with made-up values.
"""

from __future__ import annotations

import shutil
import sys
from html import escape
from itertools import product
from pathlib import Path

import django

from saleor_config import compat

compat.install()
django.setup()

from playwright.sync_api import sync_playwright  # noqa: E402  after set-up

from plugins.order_emails.kinds.base import KINDS  # noqa: E402
from plugins.order_emails.previews import preview  # noqa: E402

WIDTHS = (360, 700)
SCHEMES = ("light", "dark")
PER_ROW = 5


def main() -> None:
    """Write the pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for width, scheme in product(WIDTHS, SCHEMES):
            size = {"width": (width + 16) * PER_ROW, "height": 1000}
            page = browser.new_page(viewport=size, color_scheme=scheme)
            page.set_content(sheet(width))
            page.screenshot(path=folder / f"{width}-{scheme}.png", full_page=True)


def sheet(width: int) -> str:
    """Return a page with every kind in a frame of this width."""
    frames = "".join(_frame(name, width) for name in KINDS)
    return f"<body style='margin:0;display:flex;flex-wrap:wrap;gap:8px'>{frames}</body>"


def _frame(name: str, width: int) -> str:
    kind = KINDS[name]
    html = preview(kind, "en", kind.texts)[0].html
    style = f"width:{width}px;height:880px;border:1px solid #888"
    return f"<div>{name}<br><iframe style='{style}' srcdoc='{escape(html)}'></iframe></div>"


if __name__ == "__main__":
    main()

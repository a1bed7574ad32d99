"""A sheet as SVG, for pages: attributes only, since the pages' policy forbids inline styles."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plugins.discreet_shipping.artefacts.shapes import Sheet


def as_svg(sheet: Sheet, title: str) -> SafeString:
    """Return the drawing; `title` says to a screen reader what it is."""
    boxes = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (tuple(map(_mm, (b.x, b.y, b.width, b.height))) for b in sheet.boxes),
    )
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}">{}</text>',
        ((_mm(t.x), _mm(t.y), _mm(t.size), t.text) for t in sheet.texts),
    )
    return format_html(
        '<svg class="sheet" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        sheet.width, sheet.height, title, boxes, texts,
    )  # fmt: skip


def _mm(value: float) -> str:
    return f"{value:.3f}"

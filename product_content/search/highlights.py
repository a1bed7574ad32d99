"""Showing the found words in a text that may hold anything."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# From Unicode's private use area: no text of ours has them, and PostgreSQL leaves them alone.
START, STOP = "\ue000", "\ue001"


def marked(text: str) -> SafeString:
    """Return `text` escaped, with <mark> where PostgreSQL put START and STOP."""
    safe = escape(text).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308  escaped in the line above

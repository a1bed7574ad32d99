"""Diagrams in guides: our own drawings, called by name, never by HTML of the writer's.

A line `![](diagram:angle)` in a guide's text shows `templates/product_content/diagrams/angle.html`.
Its words are translated there, so a translation of the guide needs only the same line.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

_FOLDER = Path(__file__).parent / "templates" / "product_content" / "diagrams"
_LINE = re.compile(r"!\[\]\(diagram:([\w-]+)\)")
_SHOWN = re.compile(r"<p>\[diagram:([\w-]+)\]</p>\n?")


@cache
def diagram_names() -> frozenset[str]:
    """Return the names of the diagrams that there are."""
    return frozenset(path.stem for path in _FOLDER.glob("*.html"))


def unknown_diagrams(markdown: str) -> list[str]:
    """Return the names that a text calls and that no diagram has, in alphabetical order."""
    return sorted(set(_LINE.findall(markdown)) - diagram_names())


def mark_diagrams(markdown: str) -> str:
    """Return a text in which each call is a mark that the cleaning of HTML leaves alone."""
    return _LINE.sub(r"[diagram:\1]", markdown)


def without_diagrams(html: str) -> str:
    """Return clean HTML of a guide without the marks of its diagrams."""
    return _SHOWN.sub("", html)


def show_diagrams(html: str) -> str:
    """Return clean HTML of a guide with its diagrams, their words in the active language."""
    return _SHOWN.sub(lambda found: _diagram(found[1]), html)


def _diagram(name: str) -> str:
    if name not in diagram_names():
        return ""
    return render_to_string(f"product_content/diagrams/{name}.html")

"""Short texts, and counting words."""

from __future__ import annotations

import math
import re

import nh3
from markdown_it import MarkdownIt

from product_content.rendering.clean import clean_html

WORDS_PER_MINUTE = 200  # a calm reading speed for adults; round figure of ours
_PLAIN = MarkdownIt("commonmark", {"html": False})


def render_text(markdown: str) -> str:
    """Return a short Markdown text, such as a product description, as clean HTML."""
    return clean_html(_PLAIN.render(markdown))


def count_words(html: str) -> int:
    """Return the number of words a reader sees in `html`."""
    return len(re.findall(r"\w[\w\u2019'-]*", nh3.clean(html, tags=set())))


def reading_minutes(html: str) -> int:
    """Return the reading time of `html` in whole minutes, at least one."""
    return max(1, math.ceil(count_words(html) / WORDS_PER_MINUTE))

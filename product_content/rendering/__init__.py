"""Markdown to clean HTML. Pure: no database, no settings."""

from product_content.rendering.guides import RenderedGuide, cited_ids, render_guide
from product_content.rendering.headings import Entry
from product_content.rendering.texts import count_words, render_text

__all__ = ["Entry", "RenderedGuide", "cited_ids", "count_words", "render_guide", "render_text"]

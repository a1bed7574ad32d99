"""Headings that can be linked, and the table of contents made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    anchor: str
    text: str
    level: int

    def as_dict(self) -> dict[str, object]:
        """Return the entry as JSON can store it."""
        return asdict(self)


def _lower(state: StateCore) -> None:
    """Turn a first-level heading into a second-level one: the page's title is its only h1."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"


def one_title_plugin(md: MarkdownIt) -> None:
    """Keep h1 for the page's own title; goes before the anchors plugin."""
    md.core.ruler.push("one_title", _lower)


def table_of_contents(tokens: Sequence[Token]) -> tuple[Entry, ...]:
    """Return the linked h2 and h3 of a parsed text, in order."""
    return tuple(
        Entry(str(token.attrs["id"]), _text(tokens[index + 1]), int(token.tag[1]))
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h2", "h3") and "id" in token.attrs
    )


def _text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type == "text")

"""Markdown to clean HTML: short texts, and guides with their sources as footnotes. Pure.

No database; words beside the text are in the active language. Everything written by people passes
the allow-list of `clean_html`.

Diagrams in guides are our own drawings, called by name, never by HTML of the writer's: a line
`![](diagram:angle)` shows `templates/product_content/diagrams/angle.html`. Its words are translated
there, so a translation of the guide needs only the same line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nh3
from django.template.loader import render_to_string
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin

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


_CLEANER = nh3.Cleaner(
    tags={
        *("p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br"),
        *("table", "thead", "tbody", "tr", "th", "td", "sup", "section"),
    },
    attributes={
        "a": {"href", "id", "aria-label"},
        **{tag: {"id"} for tag in ("h2", "h3", "h4", "li")},
        "ol": {"start"},
        "th": {"scope"},
    },
    allowed_classes={
        "sup": {"footnote-ref"},
        "a": {"footnote-backref"},
        "section": {"footnotes"},
        "li": {"footnote-item"},
    },
    url_schemes={"https", "http", "mailto"},
    link_rel="noopener noreferrer",
)


def clean_html(html: str) -> str:
    """Return `html` with only harmless tags, attributes, classes and addresses left in it."""
    return _CLEANER.clean(html)


WORDS_PER_MINUTE = 200  # words per minute, a slow reading speed for adults; our own figure
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


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    anchor: str
    text: str
    level: int

    def as_dict(self) -> dict[str, object]:
        """Return the entry as JSON can store it."""
        return asdict(self)


def _lower_headings(state: StateCore) -> None:
    """Turn a first-level heading into a second-level one: the page's title is its only h1."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"


def one_title_plugin(md: MarkdownIt) -> None:
    """Keep h1 for the page's own title; goes before the anchors plugin."""
    md.core.ruler.push("one_title", _lower_headings)


def table_of_contents(tokens: Sequence[Token]) -> tuple[Entry, ...]:
    """Return the linked h2 and h3 of a parsed text, in order."""
    return tuple(
        Entry(str(token.attrs["id"]), _heading_text(tokens[index + 1]), int(token.tag[1]))
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h2", "h3") and "id" in token.attrs
    )


def _heading_text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type == "text")


_CITATION = re.compile(r"\[\^([\w-]+)\]")
_MARKUP = re.compile(r"([\\`*_\[\]<>#~|])")


@dataclass(frozen=True, slots=True)
class RenderedGuide:
    """Clean HTML of the text and of its sources, the contents, and the reading time."""

    html: str
    sources_html: str
    contents: tuple[Entry, ...]
    reading_minutes: int


def render_guide(markdown: str, notes: Mapping[str, str]) -> RenderedGuide:
    """Render a guide; each claim that the text cites becomes a footnote, `notes` by its id."""
    env: dict[str, Any] = {}
    definitions = "\n\n".join(f"[^{name}]: {note}" for name, note in notes.items())
    tokens = _GUIDE.parse(f"{mark_diagrams(markdown)}\n\n{definitions}", env)
    end = _footnotes_start(tokens)
    html = clean_html(_GUIDE.renderer.render(tokens[:end], _GUIDE.options, env))
    notes_html = clean_html(_GUIDE.renderer.render(tokens[end:], _GUIDE.options, env))
    return RenderedGuide(html, notes_html, table_of_contents(tokens), reading_minutes(html))


def cited_ids(markdown: str) -> set[str]:
    """Return the ids of the claims that a text cites."""
    return set(_CITATION.findall(markdown))


def without_citations(text: str) -> str:
    """Return a text or HTML without the ids that it cites."""
    return _CITATION.sub("", text)


def link_citations(html: str, page: str, label: str) -> str:
    """Return clean HTML in which each cited id links to where `page` explains the claim."""
    return _CITATION.sub(
        rf'<sup class="footnote-ref"><a href="{page}#claim-\1" aria-label="{label}">[i]</a></sup>',
        html,
    )


def render_line(text: str) -> str:
    """Return a line of plain text as HTML; ids that it cites stay for `link_citations`."""
    return clean_html(_PLAIN.renderInline(text))


def citation(source: Mapping[str, Any]) -> str:
    """Return whose text it is, its title, linked where it has an address, and its year."""
    title = escape(source["title"])
    linked = f"[{title}](<{url}>)" if (url := source.get("url")) else title
    year = f", {source['year']}" if source.get("year") else ""
    return f"{escape(source['organisation'])}: {linked}{year}."


def escape(text: str) -> str:
    """Return plain text on one line in which Markdown finds no signs of its own."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _footnotes_start(tokens: Sequence[Token]) -> int:
    for index, token in enumerate(tokens):
        if token.type == "footnote_block_open":
            return index
    return len(tokens)


def _open_block(*_: object) -> str:
    return '<section class="footnotes">\n<ol>\n'


def _reference(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    again = tokens[index].meta["subId"]
    own = f"fnref{name}:{again}" if again else f"fnref{name}"
    label = gettext("Source %(number)s") % {"number": name}
    link = f'<a href="#fn{name}" id="{own}" aria-label="{label}">[{name}]</a>'
    return f'<sup class="footnote-ref">{link}</sup>'


def _back_link(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    again = tokens[index].meta["subId"]
    target = f"fnref{name}:{again}" if again else f"fnref{name}"
    label = gettext("Back to the text")
    return f' <a href="#{target}" class="footnote-backref" aria-label="{label}">↩︎</a>'


def _guide_parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False}).enable("table")
    md.use(footnote_plugin, inline=False).use(one_title_plugin)
    md.use(anchors_plugin, min_level=2, max_level=3)
    md.add_render_rule("footnote_block_open", _open_block)
    md.add_render_rule("footnote_ref", _reference)
    md.add_render_rule("footnote_anchor", _back_link)
    return md


_GUIDE = _guide_parser()

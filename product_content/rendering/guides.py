"""A guide's Markdown, with its sources as footnotes that work without a script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin

from product_content.rendering.clean import clean_html
from product_content.rendering.headings import Entry, one_title_plugin, table_of_contents
from product_content.rendering.texts import reading_minutes

_CITATION = re.compile(r"\[\^([\w-]+)\]")
_MARKUP = re.compile(r"([\\`*_\[\]<>#~|])")


@dataclass(frozen=True, slots=True)
class RenderedGuide:
    """Clean HTML of the text and of its sources, the contents, and the reading time."""

    html: str
    sources_html: str
    contents: tuple[Entry, ...]
    reading_minutes: int


def render_guide(markdown: str, sources: Iterable[Mapping[str, str]]) -> RenderedGuide:
    """Render a guide; each source becomes the footnote that the text cites by its id."""
    env: dict[str, Any] = {}
    tokens = _MD.parse(f"{markdown}\n\n{_definitions(sources)}", env)
    end = _footnotes_start(tokens)
    html = clean_html(_MD.renderer.render(tokens[:end], _MD.options, env))
    notes = clean_html(_MD.renderer.render(tokens[end:], _MD.options, env))
    return RenderedGuide(html, notes, table_of_contents(tokens), reading_minutes(html))


def cited_ids(markdown: str) -> set[str]:
    """Return the ids of the sources that a text cites."""
    return set(_CITATION.findall(markdown))


def _definitions(sources: Iterable[Mapping[str, str]]) -> str:
    return "\n\n".join(f"[^{source['id']}]: {_citation(source)}" for source in sources)


def _citation(source: Mapping[str, str]) -> str:
    title = _escape(source["title"])
    linked = f"[{title}](<{url}>)" if (url := source.get("url")) else title
    return f"{_escape(source['organisation'])}: {linked}"


def _escape(text: str) -> str:
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
    link = f'<a href="#fn{name}" id="{own}" aria-label="Source {name}">[{name}]</a>'
    return f'<sup class="footnote-ref">{link}</sup>'


def _back_link(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    again = tokens[index].meta["subId"]
    target = f"fnref{name}:{again}" if again else f"fnref{name}"
    return f' <a href="#{target}" class="footnote-backref" aria-label="Back to the text">↩︎</a>'


def _reader() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False}).enable("table")
    md.use(footnote_plugin, inline=False).use(one_title_plugin)
    md.use(anchors_plugin, min_level=2, max_level=3)
    md.add_render_rule("footnote_block_open", _open_block)
    md.add_render_rule("footnote_ref", _reference)
    md.add_render_rule("footnote_anchor", _back_link)
    return md


_MD = _reader()

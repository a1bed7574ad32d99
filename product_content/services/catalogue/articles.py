"""Guides: Markdown files with YAML front matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from product_content.models import GuideStage, GuideTopic
from product_content.rendering import cited_ids
from product_content.services.catalogue.entries import Entry
from product_content.services.catalogue.items import Wanted
from product_content.services.catalogue.located import LocatedDict, read_yaml
from product_content.services.catalogue.problems import CatalogueRefused, Place, Problem

_FENCE = "---"


def read_article(path: Path, wanted: Wanted) -> None:
    """Take up one guide and its links. Raises CatalogueRefused for unreadable front matter."""
    file = f"articles/{path.name}"
    front, body = _split(path.read_text(encoding="utf-8"), file)
    entry = Entry(front, file, "", wanted.problems)
    slug = entry.slug()
    fields = _texts(entry) | {"slug": slug, "sources": _sources(entry), "body": body}
    _check_citations(entry, fields)
    wanted.add("guide", slug, fields, entry.place("slug"))
    products = _products(entry)
    links = {
        "products": products,
        "also_for": _also_for(entry),
        "related": entry.texts("related"),
    }
    places = {name: entry.place(name) for name in links}
    places |= {link["at"].field: link.pop("at") for link in products}
    wanted.add("links", slug, links, entry.place("products"), places)
    entry.finish()


def _split(text: str, file: str) -> tuple[LocatedDict, str]:
    lines = text.splitlines()
    if not lines or lines[0] != _FENCE or _FENCE not in lines[1:]:
        message = "a guide begins with front matter between two lines of ---"
        raise CatalogueRefused([Problem(Place(file, 1, ""), message)])
    end = lines.index(_FENCE, 1)
    front = read_yaml("\n".join(lines[1:end]), file, first_line=2)
    if not isinstance(front, LocatedDict):
        raise CatalogueRefused([Problem(Place(file, 2, ""), "the front matter must be a mapping")])
    return front, "\n".join(lines[end + 1 :]).strip()


def _texts(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.text("title", longest=120),
        "summary": entry.text("summary", longest=300),
        "topic": entry.choice("topic", GuideTopic),
        "audience": entry.text("audience", longest=300),
        "when_to_stop": entry.texts("when_to_stop"),
        "author": entry.text("author", longest=120),
        "reviewer": entry.text("reviewer", longest=200, required=False),
        "reviewed_on": entry.day("reviewed_on", required=False),
        "updated_on": entry.day("updated"),
        "sort_order": entry.whole("order", least=0),
    }


def _sources(entry: Entry) -> list[dict[str, str]]:
    return [
        {
            "id": source.slug("id"),
            "organisation": source.text("organisation", longest=200),
            "title": source.text("title", longest=300),
            "url": source.text("url", longest=300, required=False),
        }
        for source in entry.entries("sources")
    ]


def _products(entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "product": link.slug("product"),
            "stage": link.choice("stage", GuideStage),
            "reason": link.text("reason", longest=300),
            "on_guide": True,
            "at": link.place(),
        }
        for link in entry.entries("products")
    ]


def _also_for(entry: Entry) -> list[dict[str, str]]:
    """Return the kinds of which every product's page shows the guide."""
    return [
        {
            "kind": link.text("kind"),
            "stage": link.choice("stage", GuideStage),
            "reason": link.text("reason", longest=300),
        }
        for link in entry.entries("also_for", required=False)
    ]


def _check_citations(entry: Entry, fields: dict[str, Any]) -> None:
    given, cited = {source["id"] for source in fields["sources"]}, cited_ids(fields["body"])
    if not fields["body"]:
        entry.refuse("body", "the guide has no text")
    for name in sorted(cited - given):
        entry.refuse("sources", f"the text cites {name}, which is not among the sources")
    for name in sorted(given - cited - {""}):
        entry.refuse("sources", f"{name} is never cited in the text")
    if bool(fields["reviewer"]) != bool(fields["reviewed_on"]):
        entry.refuse("reviewer", "give both reviewer and reviewed_on, or neither")

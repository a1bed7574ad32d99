"""Read guides with their YAML front matter, and the sources and claims they rest on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from product_content.catalogue.items import DesiredState
from product_content.catalogue.located_yaml import (
    CatalogueRefused,
    Entry,
    FileLocation,
    LocatedDict,
    Problem,
    read_yaml,
)
from product_content.diagrams import unknown_diagrams
from product_content.models import Audience, GuideStage, GuideTopic, Strength

_FENCE = "---"


def read_article(path: Path, wanted: DesiredState) -> None:
    """Read one guide and its links. Raises CatalogueRefused for unreadable front matter."""
    file = f"articles/{path.name}"
    front, body = _split(path.read_text(encoding="utf-8"), file)
    entry = Entry(front, file, "", wanted.problems)
    slug = entry.slug()
    fields = _texts(entry) | {"slug": slug, "body": body}
    _check_review(entry, fields)
    wanted.add("guide", slug, fields, entry.location("slug"))
    products = _product_links(entry)
    links = {
        "products": products,
        "also_for": _also_for(entry),
        "related": entry.texts("related"),
    }
    locations = {name: entry.location(name) for name in links}
    locations |= {link["at"].field: link.pop("at") for link in products}
    wanted.add("links", slug, links, entry.location("products"), locations)
    entry.finish()


def _split(text: str, file: str) -> tuple[LocatedDict, str]:
    lines = text.splitlines()
    if not lines or lines[0] != _FENCE or _FENCE not in lines[1:]:
        message = "a guide begins with front matter between two lines of ---"
        raise CatalogueRefused([Problem(FileLocation(file, 1, ""), message)])
    end = lines.index(_FENCE, 1)
    front = read_yaml("\n".join(lines[1:end]), file, first_line=2)
    if not isinstance(front, LocatedDict):
        raise CatalogueRefused(
            [Problem(FileLocation(file, 2, ""), "the front matter must be a mapping")]
        )
    return front, "\n".join(lines[end + 1 :]).strip()


def _texts(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.text("title", max_length=120),
        "summary": entry.text("summary", max_length=300),
        "topic": entry.choice("topic", GuideTopic),
        "audience": entry.text("audience", max_length=300),
        "readers": _audiences(entry, "readers"),
        "when_to_stop": entry.texts("when_to_stop"),
        "author": entry.text("author", max_length=120),
        "reviewer": entry.text("reviewer", max_length=200, required=False),
        "reviewed_on": entry.day("reviewed_on", required=False),
        "updated_on": entry.day("updated"),
        "sort_order": entry.whole("order", minimum=0),
    }


def _product_links(entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "product": link.slug("product"),
            "stage": link.choice("stage", GuideStage),
            "reason": link.text("reason", max_length=300),
            "on_guide": True,
            "at": link.location(),
        }
        for link in entry.entries("products")
    ]


def _also_for(entry: Entry) -> list[dict[str, Any]]:
    """Return the kinds of which every product's page shows the guide."""
    return [
        {
            "kind": link.text("kind"),
            "stage": link.choice("stage", GuideStage),
            "reason": link.text("reason", max_length=300),
            "except": link.texts("except", required=False),
        }
        for link in entry.entries("also_for", required=False)
    ]


def _check_review(entry: Entry, fields: dict[str, Any]) -> None:
    if not fields["body"]:
        entry.refuse("body", "the guide has no text")
    for unknown in unknown_diagrams(fields["body"]):
        entry.refuse("body", f"calls the diagram {unknown}, which does not exist")
    if bool(fields["reviewer"]) != bool(fields["reviewed_on"]):
        entry.refuse("reviewer", "give both reviewer and reviewed_on, or neither")


def _audiences(entry: Entry, name: str) -> list[str]:
    found = entry.texts(name)
    for unknown in sorted(set(found) - set(Audience.values)):
        entry.refuse(name, f"{unknown} is none of {', '.join(Audience.values)}")
    return found


def read_claims(root: Entry, wanted: DesiredState) -> None:
    """Read the sources, and the claims that texts make on their word."""
    for entry in root.entries("sources"):
        wanted.add("source", entry.slug("id"), _source(entry), entry.location("id"))
    for entry in root.entries("claims"):
        fields = {
            "says": entry.text("says"),
            "sources": sorted(entry.texts("sources", required=False)),
            "audiences": _audiences(entry, "audiences"),
            "limits": entry.text("limits", max_length=300),
            "review_by": entry.day("review_by"),
        }
        locations = {name: entry.location(name) for name in ("sources", "audiences")}
        wanted.add("claim", entry.slug("id"), fields, entry.location("id"), locations)


def _source(entry: Entry) -> dict[str, Any]:
    fields = {
        "organisation": entry.text("organisation", max_length=200),
        "title": entry.text("title", max_length=300),
        "year": entry.text("year", max_length=40, required=False),
        "edition": entry.text("edition", max_length=120, required=False),
        "url": entry.text("url", max_length=300, required=False),
        "no_link": entry.text("no_link", max_length=200, required=False),
        "accessed_on": entry.day("accessed", required=False),
        "not_accessed": entry.text("not_accessed", max_length=200, required=False),
        "audiences": _audiences(entry, "audiences"),
        "says": entry.text("says"),
        "strength": entry.choice("strength", Strength),
    }
    for name, instead in (("url", "no_link"), ("accessed_on", "not_accessed")):
        if not (fields[name] or fields[instead]):
            entry.refuse(instead, f"without {name} say why")
    return fields

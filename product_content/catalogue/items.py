"""What the files ask for, object by object: products, guides with their sources and claims.

Guides are read with their YAML front matter. Unknown sizes, a chart out of order and dead links are
problems.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from product_content.catalogue.located_yaml import (
    CatalogueRefused,
    Entry,
    FileLocation,
    LocatedDict,
    Problem,
    read_yaml,
)
from product_content.models import Audience, GuideStage, GuideTopic, Strength
from product_content.policies import claim_problems, may_publish_guide, product_text_problems
from product_content.rendering import unknown_diagrams
from product_content.search.results import GUIDE_PREFIX, PLACES


@dataclass(frozen=True)
class Item:
    """One object: its kind and key, and its fields as JSON values (money as "39.00").

    `initial` marks what is only ever created, never changed afterwards: stock quantities.
    `locations` says where a field stands that names other objects.
    """

    kind: str
    key: str
    fields: dict[str, Any]
    location: FileLocation
    initial: bool = False
    locations: dict[str, FileLocation] = field(default_factory=dict)

    def at(self, name: str) -> FileLocation:
        """Return where a field stands, or else where the object begins."""
        return self.locations.get(name, self.location)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass
class DesiredState:
    """Everything the files ask for, and everything that is wrong in them."""

    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        kind: str,
        key: str,
        fields: dict[str, Any],
        location: FileLocation,
        locations: dict[str, FileLocation] | None = None,
    ) -> None:
        """Add an object; a key given twice is a problem."""
        if key and any(item.kind == kind and item.key == key for item in self.items):
            self.problems.append(Problem(location, f"the {kind} {key} is given twice"))
        self.items.append(Item(kind, key, fields, location, kind == "stock", locations or {}))

    def of(self, kind: str) -> list[Item]:
        """Return the items of a kind, in their order."""
        return [item for item in self.items if item.kind == kind]

    def keys(self, kind: str) -> set[str]:
        """Return the keys of a kind."""
        return {item.key for item in self.of(kind)}

    def refuse(self, location: FileLocation, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(location, message))


def check_links(wanted: DesiredState) -> None:
    """Note every reference to something that the files do not have."""
    _check_chart_order(wanted)
    for item in wanted.of("product"):
        _check_known(
            wanted, item, "sizes", "size", (str(number) for number in item.fields["sizes"])
        )
        if len(set(item.fields["sizes"])) < len(item.fields["sizes"]):
            wanted.refuse(item.at("sizes"), f"{item} names a size twice")
    for item in wanted.of("variant"):
        size = item.fields["size"]
        _check_known(wanted, item, "size", "size", [] if size is None else [str(size)])
    for item in wanted.of("stock"):
        _check_known(wanted, item, "warehouse", "warehouse", [item.fields["warehouse"]])
    for item in wanted.of("warehouse"):
        _check_known(wanted, item, "zones", "zone", item.fields["zones"])
    for item in wanted.of("links"):
        for index, link in enumerate(item.fields["products"]):
            _check_known(wanted, item, f"products[{index}]", "product", [link["product"]])
        _check_known(wanted, item, "related", "guide", item.fields["related"])
        _expand_also_for(wanted, item)
    check_claims(wanted)
    check_answers(wanted)


def check_answers(wanted: DesiredState) -> None:
    """Note every group of customers' words that leads to a page or guide that is not there."""
    for item in wanted.of("words"):
        answer = item.fields["leads_to"]
        if answer.startswith(GUIDE_PREFIX):
            slug = answer.removeprefix(GUIDE_PREFIX)
            _check_known(wanted, item, "leads_to", "guide", [slug])
        elif answer and answer not in PLACES:
            wanted.refuse(item.at("leads_to"), f"{item} leads to the unknown page {answer}")


def check_claims(wanted: DesiredState) -> None:
    """Note every claim that no source covers, and every text that says more than its claims."""
    sources = {item.key: item.fields["audiences"] for item in wanted.of("source")}
    for item in wanted.of("claim"):
        names = item.fields["sources"]
        _check_known(wanted, item, "sources", "source", names)
        known = [sources[name] for name in names if name in sources]
        for problem in claim_problems(audiences=item.fields["audiences"], sources=known):
            wanted.refuse(item.at("audiences"), f"{item}: {problem}")
    claims = {item.key: item.fields["audiences"] for item in wanted.of("claim")}
    for item in wanted.of("guide"):
        decision = may_publish_guide(
            text=item.fields["body"], readers=item.fields["readers"], claims=claims
        )
        if not decision.allowed:
            wanted.refuse(item.location, f"{item}: {decision.reason}")
    for item in wanted.of("product"):
        _check_product_text(wanted, item, claims)


_CITING = ("cleaning", "lubricant", "intended_use", "not_studied_for")


def _check_product_text(wanted: DesiredState, item: Item, claims: dict[str, list[str]]) -> None:
    card = item.fields["card"]
    problems = product_text_problems(
        summary=item.fields["summary"],
        cited=[item.fields["description"], *(card[name] for name in _CITING)],
        marking=card["marking"],
        claims=claims,
    )
    for problem in problems:
        wanted.refuse(item.location, f"{item}: {problem}")


def _expand_also_for(wanted: DesiredState, item: Item) -> None:
    """Turn "all sets" into a link for each set that the guide does not name itself."""
    links = item.fields["products"]
    named = {link["product"] for link in links}
    for also in item.fields.pop("also_for"):
        members = [p.key for p in wanted.of("product") if p.fields["kind"] == also["kind"]]
        if not members:
            wanted.refuse(item.at("also_for"), f"{item} names the unknown kind {also['kind']}")
        _check_known(wanted, item, "also_for", "product", also["except"])
        left_out = named | {*also["except"]}
        shared = {"stage": also["stage"], "reason": also["reason"], "on_guide": False}
        links += [{"product": key, **shared} for key in members if key not in left_out]


def _check_known(
    wanted: DesiredState, item: Item, name: str, kind: str, keys: Iterable[str]
) -> None:
    known = wanted.keys(kind)
    for key in keys:
        if key not in known:
            wanted.refuse(item.at(name), f"{item} names the unknown {kind} {key}")


def _check_chart_order(wanted: DesiredState) -> None:
    sizes = sorted(wanted.of("size"), key=lambda item: int(item.key))
    for smaller, bigger in pairwise(sizes):
        if bigger.fields["diameter_mm"] <= smaller.fields["diameter_mm"]:
            wanted.refuse(
                bigger.location,
                f"size {bigger.key} ({bigger.fields['diameter_mm']} mm) is out of order: it must "
                f"be wider than size {smaller.key} ({smaller.fields['diameter_mm']} mm)",
            )


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

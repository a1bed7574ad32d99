"""What the files ask for, object by object, and what spans several objects.

Unknown sizes, a chart out of order and dead links are problems.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from product_content.catalogue.located_yaml import FileLocation, Problem
from product_content.policies import (
    claim_problems,
    may_publish_guide,
    product_text_problems,
)
from product_content.search.places import GUIDE_PREFIX, PLACES


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

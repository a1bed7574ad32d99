"""What spans several objects: unknown sizes, the order of the chart, dead links."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from product_content.services.catalogue.items import Item, Wanted


def check_links(wanted: Wanted) -> None:
    """Note every reference to something that the files do not have."""
    _chart_in_order(wanted)
    for item in wanted.of("product"):
        _known(wanted, item, "sizes", "size", (str(number) for number in item.fields["sizes"]))
        if len(set(item.fields["sizes"])) < len(item.fields["sizes"]):
            wanted.refuse(item.at("sizes"), f"{item} names a size twice")
    for item in wanted.of("variant"):
        size = item.fields["size"]
        _known(wanted, item, "size", "size", [] if size is None else [str(size)])
    for item in wanted.of("stock"):
        _known(wanted, item, "warehouse", "warehouse", [item.fields["warehouse"]])
    for item in wanted.of("warehouse"):
        _known(wanted, item, "zones", "zone", item.fields["zones"])
    for item in wanted.of("links"):
        for index, link in enumerate(item.fields["products"]):
            _known(wanted, item, f"products[{index}]", "product", [link["product"]])
        _known(wanted, item, "related", "guide", item.fields["related"])
        _expand(wanted, item)


def _expand(wanted: Wanted, item: Item) -> None:
    """Turn "all sets" into a link for each set that the guide does not name itself."""
    links = item.fields["products"]
    named = {link["product"] for link in links}
    for also in item.fields.pop("also_for"):
        members = [p.key for p in wanted.of("product") if p.fields["kind"] == also["kind"]]
        if not members:
            wanted.refuse(item.at("also_for"), f"{item} names the unknown kind {also['kind']}")
        shared = {"stage": also["stage"], "reason": also["reason"], "on_guide": False}
        links += [{"product": key, **shared} for key in members if key not in named]


def _known(wanted: Wanted, item: Item, name: str, kind: str, keys: Iterable[str]) -> None:
    known = wanted.keys(kind)
    for key in keys:
        if key not in known:
            wanted.refuse(item.at(name), f"{item} names the unknown {kind} {key}")


def _chart_in_order(wanted: Wanted) -> None:
    sizes = sorted(wanted.of("size"), key=lambda item: int(item.key))
    for smaller, bigger in pairwise(sizes):
        if bigger.fields["diameter_mm"] <= smaller.fields["diameter_mm"]:
            wanted.refuse(
                bigger.place,
                f"size {bigger.key} ({bigger.fields['diameter_mm']} mm) is out of order: it must "
                f"be wider than size {smaller.key} ({smaller.fields['diameter_mm']} mm)",
            )

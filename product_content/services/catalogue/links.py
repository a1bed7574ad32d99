"""What spans several objects: unknown sizes, the order of the chart, dead links."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from product_content.services.catalogue.items import Item, Wanted


def check_links(wanted: Wanted) -> None:
    """Note every reference to something that the files do not have."""
    _chart_in_order(wanted)
    for item in wanted.of("product"):
        _known(wanted, item, "size", (str(number) for number in item.fields["sizes"]))
        if len(set(item.fields["sizes"])) < len(item.fields["sizes"]):
            wanted.refuse(item.place, f"{item} names a size twice")
    for item in wanted.of("variant"):
        _known(wanted, item, "size", [str(item.fields["size"])] if item.fields["size"] else [])
    for item in wanted.of("stock"):
        _known(wanted, item, "warehouse", [item.fields["warehouse"]])
    for item in wanted.of("warehouse"):
        _known(wanted, item, "zone", item.fields["zones"])
    for item in wanted.of("links"):
        _known(wanted, item, "product", (link["product"] for link in item.fields["products"]))
        _known(wanted, item, "guide", item.fields["related"])


def _known(wanted: Wanted, item: Item, kind: str, keys: Iterable[str]) -> None:
    known = wanted.keys(kind)
    for key in keys:
        if key not in known:
            wanted.refuse(item.place, f"{item} names the unknown {kind} {key}")


def _chart_in_order(wanted: Wanted) -> None:
    sizes = sorted(wanted.of("size"), key=lambda item: int(item.key))
    for smaller, bigger in pairwise(sizes):
        if bigger.fields["diameter_mm"] <= smaller.fields["diameter_mm"]:
            wanted.refuse(
                bigger.place,
                f"size {bigger.key} ({bigger.fields['diameter_mm']} mm) is out of order: it must "
                f"be wider than size {smaller.key} ({smaller.fields['diameter_mm']} mm)",
            )

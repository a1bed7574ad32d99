"""Where stock lies and where it is sent."""

from __future__ import annotations

from product_content.services.catalogue.entries import Entry
from product_content.services.catalogue.items import Wanted

_ADDRESS = ("company_name", "street_address_1", "city", "postal_code", "country")


def read_places(root: Entry, wanted: Wanted) -> None:
    """Take up the shipping zones with their methods, and the warehouses."""
    for entry in root.entries("shipping"):
        _zone(entry, wanted)
    for entry in root.entries("warehouses"):
        texts = {name: entry.text(name, longest=250) for name in ("name", *_ADDRESS)}
        fields = {**texts, "zones": sorted(entry.texts("zones"))}
        places = {"zones": entry.place("zones")}
        wanted.add("warehouse", entry.slug(), fields, entry.place("slug"), places)


def _zone(entry: Entry, wanted: Wanted) -> None:
    key = entry.slug("key")
    fields = {
        "name": entry.text("name", longest=100),
        "countries": sorted(entry.texts("countries")),
        "default": entry.yes("default", default=False),
    }
    wanted.add("zone", key, fields, entry.place("key"))
    for method in entry.entries("methods"):
        _method(method, key, wanted)


def _method(entry: Entry, zone: str, wanted: Wanted) -> None:
    """Methods go by price: Saleor never offers one by weight that has no minimum."""
    fields = {
        "zone": zone,
        "name": entry.text("name", longest=100),
        "price": entry.money("price"),
        "from_total": entry.money("from_total", required=False) or "0.00",
        "to_total": entry.money("to_total", required=False),
    }
    wanted.add("method", entry.slug("key"), fields, entry.place("key"))

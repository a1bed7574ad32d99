"""Sizes, and the three kinds of products."""

from __future__ import annotations

from product_content.models import Firmness, Latex, Magnet
from product_content.services.catalogue.entries import Entry
from product_content.services.catalogue.items import Wanted

KINDS = ("sets", "singles", "care")


def read_products(root: Entry, wanted: Wanted) -> None:
    """Take up the size chart and all products with their variants and first stock."""
    for entry in root.entries("sizes"):
        names = ("diameter_mm", "usable_length_mm", "weight_g")
        fields = {name: entry.whole(name) for name in names}
        wanted.add("size", str(entry.whole("number", most=99)), fields, entry.place("number"))
    for kind in KINDS:
        for entry in root.entries(kind):
            _product(entry, kind, wanted)


def _product(entry: Entry, kind: str, wanted: Wanted) -> None:
    key = entry.slug()
    fields = {
        "slug": key,
        "kind": kind,
        "name": entry.text("name", longest=120),
        "price": entry.money("price"),
        "published": entry.yes("published", default=True),
        "summary": entry.text("summary", longest=300),
        "description": entry.text("description"),
        "in_the_box": entry.texts("in_the_box"),
        "card": _card(entry.entry("card")),
        "sizes": sorted(entry.numbers("sizes")) if kind == "sets" else [],
    }
    wanted.add("product", key, fields, entry.place("slug"), {"sizes": entry.place("sizes")})
    for variant in entry.entries("variants"):
        _variant(variant, kind, key, wanted)


def _card(entry: Entry) -> dict[str, str]:
    """Return the safety card; every field that is missing is a problem."""
    card = {
        "material": entry.text("material", longest=120),
        "firmness": entry.choice("firmness", Firmness),
        "latex": entry.choice("latex", Latex),
        "magnet": entry.choice("magnet", Magnet),
        "cleaning": entry.text("cleaning"),
        "lubricant": entry.text("lubricant"),
        "intended_use": entry.text("intended_use"),
        "not_studied_for": entry.text("not_studied_for"),
    }
    entry.finish()
    return card


def _variant(entry: Entry, kind: str, product: str, wanted: Wanted) -> None:
    sku = entry.text("sku", longest=64)
    fields = {
        "product": product,
        "name": entry.text("name", longest=120, required=kind != "sets"),
        "price": entry.money("price", required=False),
        "weight_g": entry.whole("weight_g"),
        "size": entry.whole("size", most=99) if kind == "singles" else None,
    }
    wanted.add("variant", sku, fields, entry.place("sku"), {"size": entry.place("size")})
    for warehouse in entry.entries("stock", required=False):
        _stock(warehouse, sku, wanted)


def _stock(entry: Entry, sku: str, wanted: Wanted) -> None:
    warehouse = entry.text("warehouse")
    quantity = entry.whole("quantity", least=0, most=100_000)
    fields = {"variant": sku, "warehouse": warehouse, "quantity": quantity}
    wanted.add("stock", f"{sku} at {warehouse}", fields, entry.place("warehouse"))

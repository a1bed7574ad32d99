"""Read all files before anything is written: goods here, guides and claims by `articles`.

What customers read of them is listed here too, for translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from product_content.catalogue.articles import read_article, read_claims
from product_content.catalogue.items import DesiredState, Item, check_links
from product_content.catalogue.located_yaml import (
    CatalogueRefused,
    Entry,
    FileLocation,
    LocatedDict,
    Problem,
    read_yaml,
)
from product_content.kinds import KINDS, ProductKind
from product_content.models import (
    MAX_DELIVERY_DAYS,
    DeviceClass,
    Firmness,
    Latex,
    Magnet,
    Marking,
)


def read_products(root: Entry, wanted: DesiredState) -> None:
    """Read the size chart and all products with their variants and first stock."""
    for entry in root.entries("sizes"):
        names = ("diameter_mm", "usable_length_mm", "weight_g")
        fields = {name: entry.whole(name) for name in names}
        wanted.add("size", str(entry.whole("number", maximum=99)), fields, entry.location("number"))
    for kind in KINDS.values():
        for entry in root.entries(kind.slug):
            _product(entry, kind, wanted)


def _product(entry: Entry, kind: ProductKind, wanted: DesiredState) -> None:
    key = entry.slug()
    fields = {
        "slug": key,
        "kind": kind.slug,
        "name": entry.text("name", max_length=120),
        "price": entry.money("price"),
        "published": entry.boolean("published", default=True),
        "summary": entry.text("summary", max_length=300),
        "description": entry.text("description"),
        "in_the_box": entry.texts("in_the_box"),
        "card": _card(entry.entry("card")),
        "sizes": sorted(entry.numbers("sizes")) if kind.lists_sizes else [],
        "customs": _customs(entry),
    }
    wanted.add("product", key, fields, entry.location("slug"), {"sizes": entry.location("sizes")})
    for variant in entry.entries("variants"):
        _variant(variant, kind, key, wanted)


def _card(entry: Entry) -> dict[str, str]:
    """Return the safety card; every field that is missing is a problem."""
    card = {
        "material": entry.text("material", max_length=120),
        "firmness": entry.choice("firmness", Firmness),
        "latex": entry.choice("latex", Latex),
        "magnet": entry.choice("magnet", Magnet),
        "cleaning": entry.text("cleaning"),
        "lubricant": entry.text("lubricant"),
        "intended_use": entry.text("intended_use"),
        "not_studied_for": entry.text("not_studied_for"),
    }
    papers = entry.entry("papers", required=False)
    card |= {
        "maker": papers.text("maker", max_length=200, required=False),
        "device_class": papers.choice("device_class", DeviceClass, required=False),
        "marking": papers.choice("marking", Marking, required=False),
        "batch": papers.text("batch", max_length=80, required=False),
        "udi": papers.text("udi", max_length=120, required=False),
        "importer": papers.text("importer", max_length=200, required=False),
        "magnet_type": papers.text("magnet_type", max_length=120, required=False),
        "magnet_field": papers.text("magnet_field", max_length=120, required=False),
    }
    papers.finish()
    entry.finish()
    return card


def _customs(entry: Entry) -> dict[str, str] | None:
    """Return the product's HS code and origin for customs forms; None where the owner says none."""
    if "customs" not in entry.data:
        entry.optional("customs")
        return None
    customs = entry.entry("customs")
    facts = {"hs_code": customs.text("hs_code"), "origin": customs.text("origin")}
    for name, pattern in _CUSTOMS_CODES.items():
        if facts[name] and not re.fullmatch(pattern, facts[name]):
            customs.refuse(name, 'must be the code itself, such as hs_code: "392690", origin: GB')
    customs.finish()
    return facts


_CUSTOMS_CODES = {"hs_code": r"\d{6}(\d{2}){0,2}", "origin": "[A-Z]{2}"}


def _variant(entry: Entry, kind: ProductKind, product: str, wanted: DesiredState) -> None:
    sku = entry.text("sku", max_length=64)
    fields = {
        "product": product,
        "name": entry.text("name", max_length=120, required=kind.has_options),
        "price": entry.money("price", required=False),
        "weight_g": entry.whole("weight_g"),
        "size": entry.whole("size", maximum=99) if kind.variants_have_size else None,
    }
    wanted.add("variant", sku, fields, entry.location("sku"), {"size": entry.location("size")})
    for warehouse in entry.entries("stock", required=False):
        _stock(warehouse, sku, wanted)


def _stock(entry: Entry, sku: str, wanted: DesiredState) -> None:
    warehouse = entry.text("warehouse")
    quantity = entry.whole("quantity", minimum=0, maximum=100_000)
    fields = {"variant": sku, "warehouse": warehouse, "quantity": quantity}
    wanted.add("stock", f"{sku} at {warehouse}", fields, entry.location("warehouse"))


_ADDRESS_FIELDS = ("company_name", "street_address_1", "city", "postal_code", "country")


def read_shipping_and_warehouses(root: Entry, wanted: DesiredState) -> None:
    """Read the shipping zones with their methods, and the warehouses."""
    for entry in root.entries("shipping"):
        _zone(entry, wanted)
    for entry in root.entries("warehouses"):
        texts = {name: entry.text(name, max_length=250) for name in ("name", *_ADDRESS_FIELDS)}
        fields = {**texts, "zones": sorted(entry.texts("zones"))}
        locations = {"zones": entry.location("zones")}
        wanted.add("warehouse", entry.slug(), fields, entry.location("slug"), locations)


def _zone(entry: Entry, wanted: DesiredState) -> None:
    key = entry.slug("key")
    fields = {
        "name": entry.text("name", max_length=100),
        "countries": sorted(entry.texts("countries")),
        "default": entry.boolean("default", default=False),
    }
    wanted.add("zone", key, fields, entry.location("key"))
    for method in entry.entries("methods"):
        _method(method, key, wanted)


def _method(entry: Entry, zone: str, wanted: DesiredState) -> None:
    """Methods go by price: Saleor never offers one by weight that has no minimum."""
    fields = {
        "zone": zone,
        "name": entry.text("name", max_length=100),
        "price": entry.money("price"),
        "from_total": entry.money("from_total", required=False) or "0.00",
        "to_total": entry.money("to_total", required=False),
        "days": _days(entry),
    }
    wanted.add("method", entry.slug("key"), fields, entry.location("key"))


def _days(entry: Entry) -> list[int]:
    """Return the fewest and the most working days of a method; [] where it promises none."""
    days = entry.numbers("days", required=False)
    if days and not (len(days) == 2 and 1 <= days[0] <= days[1] <= MAX_DELIVERY_DAYS):  # noqa: PLR2004
        entry.refuse("days", "must be the fewest and the most working days, such as [2, 4]")
        return []
    return days


DATA = Path(__file__).resolve().parents[1] / "data"
CATALOGUE = "catalogue.yaml"
SOURCES = "sources.yaml"


def read_files(folder: Path) -> DesiredState:
    """Return what the files of `folder` ask for.

    Raises CatalogueRefused with every problem found, each with its file, line and field.
    """
    wanted = DesiredState()
    for read in (_catalogue, _claims, _articles):
        read(folder, wanted)
    if not wanted.problems:  # a wrong field would only be named again as a dead link
        check_links(wanted)
    if wanted.problems:
        raise CatalogueRefused(wanted.problems)
    return wanted


def _catalogue(folder: Path, wanted: DesiredState) -> None:
    root = _root(folder / CATALOGUE, wanted)
    root.optional("shared")
    read_shipping_and_warehouses(root, wanted)
    read_products(root, wanted)
    root.finish()


def _claims(folder: Path, wanted: DesiredState) -> None:
    root = _root(folder / SOURCES, wanted)
    root.optional("shared")
    read_claims(root, wanted)
    root.finish()


def _root(path: Path, wanted: DesiredState) -> Entry:
    """Return the mapping that a file holds. Raises CatalogueRefused if it holds none."""
    if not path.is_file():
        problem = Problem(FileLocation(path.name, 1, ""), f"is not in {path.parent}")
        raise CatalogueRefused([problem])
    data = read_yaml(path.read_text(encoding="utf-8"), path.name)
    if not isinstance(data, LocatedDict):
        raise CatalogueRefused([Problem(FileLocation(path.name, 1, ""), "must be a mapping")])
    return Entry(data, path.name, "", wanted.problems)


def _articles(folder: Path, wanted: DesiredState) -> None:
    for path in sorted((folder / "articles").glob("*.md")):
        try:
            read_article(path, wanted)
        except CatalogueRefused as refused:
            wanted.problems.extend(refused.problems)


_CARD_TEXTS = ("material", "cleaning", "lubricant", "intended_use", "not_studied_for")


def customers_texts(folder: Path = DATA) -> Iterator[tuple[str, str]]:
    """Yield each text with the name of the object it belongs to, as "product carry-pouch"."""
    for item in read_files(folder).items:
        read = _READERS.get(item.kind)
        for text in read(item) if read else ():
            if text.strip():
                yield str(item), text


def _product_texts(item: Item) -> list[str]:
    fields = item.fields
    card = [fields["card"][name] for name in _CARD_TEXTS]
    return [
        fields["name"], fields["summary"], fields["description"], *fields["in_the_box"], *card,
    ]  # fmt: skip


def _guide_texts(item: Item) -> list[str]:
    fields = item.fields
    return [
        fields["title"], fields["summary"], fields["audience"], *fields["when_to_stop"],
        fields["body"],
    ]  # fmt: skip


def _link_texts(item: Item) -> list[str]:
    links = [*item.fields["products"], *item.fields.get("also_for", [])]
    return [link["reason"] for link in links]


def _name_text(item: Item) -> list[str]:
    return [item.fields["name"]]


def _source_texts(item: Item) -> list[str]:
    return [item.fields[name] for name in ("says", "no_link", "not_accessed")]


def _claim_texts(item: Item) -> list[str]:
    return [item.fields["says"], item.fields["limits"]]


_READERS = {
    "product": _product_texts,
    "variant": _name_text,
    "method": _name_text,
    "guide": _guide_texts,
    "links": _link_texts,
    "source": _source_texts,
    "claim": _claim_texts,
}

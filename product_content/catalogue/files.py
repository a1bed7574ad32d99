"""Read all files before anything is written: the catalogue, and guides with YAML front matter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from product_content.catalogue.items import DesiredState, check_links
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
    Firmness,
    GuideStage,
    GuideTopic,
    Latex,
    Magnet,
)
from product_content.rendering import cited_ids


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


_FENCE = "---"


def read_article(path: Path, wanted: DesiredState) -> None:
    """Read one guide and its links. Raises CatalogueRefused for unreadable front matter."""
    file = f"articles/{path.name}"
    front, body = _split(path.read_text(encoding="utf-8"), file)
    entry = Entry(front, file, "", wanted.problems)
    slug = entry.slug()
    fields = _texts(entry) | {"slug": slug, "sources": _sources(entry), "body": body}
    _check_citations(entry, fields)
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
        "when_to_stop": entry.texts("when_to_stop"),
        "author": entry.text("author", max_length=120),
        "reviewer": entry.text("reviewer", max_length=200, required=False),
        "reviewed_on": entry.day("reviewed_on", required=False),
        "updated_on": entry.day("updated"),
        "sort_order": entry.whole("order", minimum=0),
    }


def _sources(entry: Entry) -> list[dict[str, str]]:
    return [
        {
            "id": source.slug("id"),
            "organisation": source.text("organisation", max_length=200),
            "title": source.text("title", max_length=300),
            "url": source.text("url", max_length=300, required=False),
        }
        for source in entry.entries("sources")
    ]


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


def _also_for(entry: Entry) -> list[dict[str, str]]:
    """Return the kinds of which every product's page shows the guide."""
    return [
        {
            "kind": link.text("kind"),
            "stage": link.choice("stage", GuideStage),
            "reason": link.text("reason", max_length=300),
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


CATALOGUE = "catalogue.yaml"


def read_files(folder: Path) -> DesiredState:
    """Return what the files of `folder` ask for.

    Raises CatalogueRefused with every problem found, each with its file, line and field.
    """
    wanted = DesiredState()
    for read in (_catalogue, _articles):
        read(folder, wanted)
    if not wanted.problems:  # a wrong field would only be named again as a dead link
        check_links(wanted)
    if wanted.problems:
        raise CatalogueRefused(wanted.problems)
    return wanted


def _catalogue(folder: Path, wanted: DesiredState) -> None:
    path = folder / CATALOGUE
    if not path.is_file():
        raise CatalogueRefused([Problem(FileLocation(CATALOGUE, 1, ""), f"is not in {folder}")])
    data = read_yaml(path.read_text(encoding="utf-8"), CATALOGUE)
    if not isinstance(data, LocatedDict):
        raise CatalogueRefused([Problem(FileLocation(CATALOGUE, 1, ""), "must be a mapping")])
    root = Entry(data, CATALOGUE, "", wanted.problems)
    root.optional("shared")
    read_shipping_and_warehouses(root, wanted)
    read_products(root, wanted)
    root.finish()


def _articles(folder: Path, wanted: DesiredState) -> None:
    for path in sorted((folder / "articles").glob("*.md")):
        try:
            read_article(path, wanted)
        except CatalogueRefused as refused:
            wanted.problems.extend(refused.problems)

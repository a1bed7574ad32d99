"""Read all files before anything is written, and list what customers read of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from product_content.catalogue.items import (
    DesiredState,
    Item,
    check_links,
    read_article,
    read_claims,
)
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
    CONFIGS,
    MAX_DELIVERY_DAYS,
    DeviceClass,
    Firmness,
    Latex,
    Magnet,
    Marking,
)
from product_content.money import decimals, is_payable
from product_content.pictures import rendered_names
from saleor_config.settings.values import country_fault


def read_texts(root: Entry, wanted: DesiredState) -> None:
    """Read what the shop says of its goods: on home, and above the list of each kind."""
    texts = root.entry("texts", required=False)
    said = {
        "lead": texts.text("home", max_length=500, required=False),
        "lengths": texts.text("lengths", max_length=200, required=False),
    }
    if any(said.values()):
        wanted.add("home", "home", said, texts.location("home"))
    for entry in texts.entries("lists", required=False):
        kind = entry.text("kind")
        if kind not in KINDS:
            entry.refuse("kind", f"must be one of {', '.join(KINDS)}")
        fields = {
            "lead": entry.text("lead", max_length=300, required=False),
            "typed": entry.text("typed", max_length=70, required=False),
        }
        wanted.add("list", kind, fields, entry.location("kind"))
    texts.finish()


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
        "picture": _picture(entry),
        "card": _card(entry.entry("card")),
        "sizes": sorted(entry.numbers("sizes")) if kind.lists_sizes else [],
        "customs": _customs(entry),
    }
    wanted.add("product", key, fields, entry.location("slug"), {"sizes": entry.location("sizes")})
    for variant in entry.entries("variants"):
        _variant(variant, kind, key, wanted)


def _picture(entry: Entry) -> str:
    """Return the name of the product's rendered picture, "" where it has none."""
    name = entry.text("picture", max_length=60, required=False)
    if name and name not in rendered_names():
        entry.refuse("picture", "is not the name of a picture in product_content/static")
    return name


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
            return None
    _check_countries(customs, "origin", [str(facts["origin"])])
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
        _check_countries(entry, "country", [texts["country"]])
        locations = {"zones": entry.location("zones")}
        wanted.add("warehouse", entry.slug(), fields, entry.location("slug"), locations)


def _check_countries(entry: Entry, name: str, codes: list[str]) -> None:
    for fault in map(country_fault, filter(None, codes)):
        if fault:
            entry.refuse(name, fault)


def _zone(entry: Entry, wanted: DesiredState) -> None:
    key, codes = entry.slug("key"), sorted(entry.texts("countries"))
    fields = {
        "name": entry.text("name", max_length=100),
        "countries": codes,
        "default": entry.boolean("default", default=False),
    }
    _check_countries(entry, "countries", codes)
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
WORDS = "search.yaml"


def read_files(folder: Path) -> DesiredState:
    """Return what the files of `folder` ask for.

    Raises CatalogueRefused with every problem found, each with its file, line and field.
    """
    wanted = DesiredState()
    for read in (_catalogue, _claims, _articles, _words):
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
    read_texts(root, wanted)
    _prices_in_shops_currency(root, wanted)
    root.finish()


_AMOUNTS = ("price", "from_total", "to_total")
_DEMO_UNITS = 100  # yen, and the like, that are asked for a pound when the demo goods are tried


def _prices_in_shops_currency(root: Entry, wanted: DesiredState) -> None:
    """Refuse prices that nobody can pay, and those in another currency than the shop's.

    A shop on trial takes the figures as they are, or a hundred times as many yen. A live one would
    sell for a wrong price.
    """
    shops = settings.DEFAULT_CURRENCY
    written = root.text("currency", max_length=3, required=False) or shops
    if written != shops and settings.PRODUCTION:
        message = f"the prices are in {written}, the shop's DEFAULT_CURRENCY is {shops}: write them"
        root.refuse("currency", f"{message} in {shops}, then this as well")
    factor = 1 if written == shops or decimals(shops) else _DEMO_UNITS
    for item in wanted.items:
        for name in set(_AMOUNTS) & item.fields.keys():
            _convert(item, name, factor, wanted)


def _convert(item: Item, name: str, factor: int, wanted: DesiredState) -> None:
    if item.fields[name] is None:
        return
    amount = Decimal(item.fields[name]) * factor
    item.fields[name] = f"{amount:.2f}"
    if not is_payable(amount, settings.DEFAULT_CURRENCY):
        message = f"{item}: {name} {amount} has decimals, and {settings.DEFAULT_CURRENCY} has none"
        wanted.refuse(item.location, message)


def _claims(folder: Path, wanted: DesiredState) -> None:
    """Read what texts rest on; a shop whose texts cite nothing needs no such file."""
    if not (folder / SOURCES).is_file():
        return
    root = _root(folder / SOURCES, wanted)
    root.optional("shared")
    read_claims(root, wanted)
    root.finish()


def _words(folder: Path, wanted: DesiredState) -> None:
    """Read the words of customers; a catalogue may do without."""
    if not (folder / WORDS).is_file():
        return
    root = _root(folder / WORDS, wanted)
    for language in CONFIGS:
        for entry in root.entries(language, required=False):
            name = entry.text("name", max_length=80)
            fields = {
                "language": language,
                "name": name,
                "words": entry.text("words"),
                "leads_to": entry.text("leads_to", max_length=100, required=False),
                "sensitive": entry.boolean("sensitive", default=False),
            }
            locations = {"leads_to": entry.location("leads_to")}
            wanted.add("words", f"{language} {name}", fields, entry.location("name"), locations)
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


def _shops_texts(item: Item) -> list[str]:
    return list(item.fields.values())


def _name_text(item: Item) -> list[str]:
    return [item.fields["name"]]


def _source_texts(item: Item) -> list[str]:
    return [item.fields[name] for name in ("says", "no_link", "not_accessed")]


def _claim_texts(item: Item) -> list[str]:
    return [item.fields["says"], item.fields["limits"]]


_READERS = {
    "home": _shops_texts,
    "list": _shops_texts,
    "product": _product_texts,
    "variant": _name_text,
    "zone": _name_text,
    "method": _name_text,
    "guide": _guide_texts,
    "links": _link_texts,
    "source": _source_texts,
    "claim": _claim_texts,
}

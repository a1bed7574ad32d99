"""The texts of the catalogue that customers read, for translation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from product_content.catalogue.files import read_files
from product_content.catalogue.items import Item
from product_content.catalogue.loading import DATA

_CARD = ("material", "cleaning", "lubricant", "intended_use", "not_studied_for")


def customers_texts(folder: Path = DATA) -> Iterator[tuple[str, str]]:
    """Yield each text with the name of the object it belongs to, as "product carry-pouch"."""
    for item in read_files(folder).items:
        read = _READERS.get(item.kind)
        for text in read(item) if read else ():
            if text.strip():
                yield str(item), text


def _product(item: Item) -> list[str]:
    fields = item.fields
    card = [fields["card"][name] for name in _CARD]
    return [
        fields["name"], fields["summary"], fields["description"], *fields["in_the_box"], *card,
    ]  # fmt: skip


def _guide(item: Item) -> list[str]:
    fields = item.fields
    return [
        fields["title"], fields["summary"], fields["audience"], *fields["when_to_stop"],
        fields["body"],
    ]  # fmt: skip


def _links(item: Item) -> list[str]:
    links = [*item.fields["products"], *item.fields.get("also_for", [])]
    return [link["reason"] for link in links]


def _name(item: Item) -> list[str]:
    return [item.fields["name"]]


def _source(item: Item) -> list[str]:
    return [item.fields[name] for name in ("says", "no_link", "not_accessed")]


def _claim(item: Item) -> list[str]:
    return [item.fields["says"], item.fields["limits"]]


_READERS = {
    "product": _product, "variant": _name, "method": _name, "guide": _guide, "links": _links,
    "source": _source, "claim": _claim,
}  # fmt: skip

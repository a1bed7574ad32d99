"""What every adapter can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from product_content.catalogue.items import Item
from product_content.models import CatalogueRecord

Fields = dict[str, Any]


class MissingReference(Exception):  # noqa: N818  a signal, caught one level up
    """An object needs another one that staff deleted."""


class Refs:
    """Translates between the keys of the files and primary keys."""

    def __init__(self, records: dict[tuple[str, str], CatalogueRecord]) -> None:
        self._records = records

    def id(self, kind: str, key: str) -> str:
        """Return the primary key; raises MissingReference."""
        record = self._records.get((kind, key))
        if record is None:
            raise MissingReference(f"needs the {kind} {key}, which does not exist")
        return record.object_id

    def key(self, kind: str, object_id: object) -> str:
        """Return the key in the files, or "#id" for an object that is not from them."""
        for record in self._records.values():
            if record.kind == kind and record.object_id == str(object_id):
                return record.key
        return f"#{object_id}"


class Adapter(ABC):
    """Reads and writes one kind. Fields are JSON values, equal to those of the files."""

    model: ClassVar[type[Model]]
    # Whether an object that was there before the first load may be overwritten by it.
    adopts: ClassVar[bool] = False

    def __init__(self, refs: Refs) -> None:
        self.refs = refs

    def exists(self, object_id: str) -> bool:
        """Return whether the row is still there."""
        try:
            return self.model._default_manager.filter(pk=object_id).exists()
        except (ValidationError, ValueError):  # a primary key of another shape
            return False

    @abstractmethod
    def find(self, item: Item) -> str | None:
        """Return the primary key of the object that already has the item's natural key."""

    @abstractmethod
    def read(self, object_id: str) -> Fields:
        """Return the object's fields as they are now."""

    @abstractmethod
    def create(self, item: Item) -> str:
        """Create the object and return its primary key."""

    @abstractmethod
    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        """Write only the given fields."""


def found(pk: object | None) -> str | None:
    """Return a primary key as text, None as None."""
    return None if pk is None else str(pk)

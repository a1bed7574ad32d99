"""What the files ask for, object by object, in the order in which it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from product_content.services.catalogue.problems import Place, Problem


@dataclass(frozen=True)
class Item:
    """One object: its kind and key, and its fields as JSON values (money as "39.00").

    `initial` marks what is only ever created, never changed afterwards: stock quantities.
    `places` says where a field stands that names other objects.
    """

    kind: str
    key: str
    fields: dict[str, Any]
    place: Place
    initial: bool = False
    places: dict[str, Place] = field(default_factory=dict)

    def at(self, name: str) -> Place:
        """Return where a field stands, or else where the object begins."""
        return self.places.get(name, self.place)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass
class Wanted:
    """Everything the files ask for, and everything that is wrong in them."""

    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        kind: str,
        key: str,
        fields: dict[str, Any],
        place: Place,
        places: dict[str, Place] | None = None,
    ) -> None:
        """Take an object up; a key given twice is a problem."""
        if key and any(item.kind == kind and item.key == key for item in self.items):
            self.problems.append(Problem(place, f"the {kind} {key} is given twice"))
        self.items.append(Item(kind, key, fields, place, kind == "stock", places or {}))

    def of(self, kind: str) -> list[Item]:
        """Return the items of a kind, in their order."""
        return [item for item in self.items if item.kind == kind]

    def keys(self, kind: str) -> set[str]:
        """Return the keys of a kind."""
        return {item.key for item in self.of(kind)}

    def refuse(self, place: Place, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(place, message))

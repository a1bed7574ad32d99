"""Read fields out of located YAML. Each problem is noted with its line, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from product_content.catalogue.located_yaml import FileLocation, LocatedDict, LocatedList, Problem

_MISSING = object()
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MONEY = re.compile(r"\d{1,6}(\.\d{2})?")


class Entry:
    """A mapping of a file. Every field that is asked for counts as known; see `finish`."""

    def __init__(self, data: LocatedDict, file: str, path: str, problems: list[Problem]) -> None:
        self.data = data
        self.file = file
        self.path = path
        self.problems = problems
        self._known: set[str] = set()

    def location(self, name: str = "") -> FileLocation:
        """Return where a field stands, or, when it is missing, where the mapping begins."""
        path = f"{self.path}.{name}" if self.path and name else self.path or name
        return FileLocation(self.file, self.data.lines.get(name, self.data.line), path)

    def refuse(self, name: str, message: str) -> None:
        """Note that a field is wrong."""
        self.problems.append(Problem(self.location(name), message))

    def text(self, name: str, *, max_length: int = 10_000, required: bool = True) -> str:
        """Return a text without surrounding space; "" when it is missing or wrong."""
        value = self._value(name, required=required)
        if value is _MISSING:
            return ""
        if not isinstance(value, str):
            self.refuse(name, f"must be text, not {value!r}")
            return ""
        if len(value.strip()) > max_length:
            self.refuse(name, f"is longer than {max_length} characters")
        return value.strip()

    def slug(self, name: str = "slug") -> str:
        """Return an address part: small letters, digits and hyphens."""
        value = self.text(name, max_length=80)
        if value and not _SLUG.fullmatch(value):
            self.refuse(name, "may have only small letters, digits and single hyphens")
        return value

    def whole(self, name: str, *, minimum: int = 1, maximum: int = 32_767) -> int:
        """Return a whole number; `minimum` when it is missing or wrong."""
        value = self._value(name)
        if value is _MISSING:
            return minimum
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            self.refuse(name, f"must be a whole number from {minimum} to {maximum}, not {value!r}")
            return minimum
        return value

    def money(self, name: str, *, required: bool = True) -> str | None:
        """Return an amount with two decimals as text, as "39.00"; None when missing or wrong."""
        value = self._value(name, required=required)
        if value is _MISSING:
            return None
        if isinstance(value, bool) or not _MONEY.fullmatch(str(value)):
            self.refuse(name, f"must be an amount of money such as 39.00, not {value!r}")
            return None
        return f"{Decimal(str(value)):.2f}"

    def choice(self, name: str, choices: type[TextChoices]) -> str:
        """Return one of the values of `choices`; "" when it is missing or wrong."""
        value = self._value(name)
        if value is not _MISSING and value not in choices.values:
            self.refuse(name, f"must be one of {', '.join(choices.values)}, not {value!r}")
        return value if value in choices.values else ""

    def boolean(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._value(name, required=False)
        if value is _MISSING:
            return default
        if not isinstance(value, bool):
            self.refuse(name, f"must be true or false, not {value!r}")
            return default
        return value

    def day(self, name: str, *, required: bool = True) -> str | None:
        """Return a date as "2026-01-31"; None when it is missing or wrong."""
        value = self._value(name, required=required)
        if value is _MISSING:
            return None
        if not isinstance(value, date):
            self.refuse(name, f"must be a date such as 2026-01-31, not {value!r}")
            return None
        return value.isoformat()

    def texts(self, name: str, *, required: bool = True) -> list[str]:
        """Return a list of texts, not empty when required."""
        return [str(value) for value in self._listed(name, str, "texts", required=required)]

    def numbers(self, name: str) -> list[int]:
        """Return a list of whole numbers, not empty."""
        return [int(value) for value in self._listed(name, int, "whole numbers", required=True)]

    def entries(self, name: str, *, required: bool = True) -> Iterator[Entry]:
        """Yield each mapping of a list; it is closed (see `finish`) when the next is asked for."""
        values = self._listed(name, LocatedDict, "mappings", required=required)
        path = self.location(name).field
        for index, value in enumerate(values):
            entry = Entry(value, self.file, f"{path}[{index}]", self.problems)
            yield entry
            entry.finish()

    def entry(self, name: str) -> Entry:
        """Return a mapping; an empty one when it is missing or wrong."""
        value = self._value(name)
        if not isinstance(value, LocatedDict):
            if value is not _MISSING:
                self.refuse(name, "must be a mapping")
            value = LocatedDict()
            value.line, value.lines = self.location(name).line, {}
        return Entry(value, self.file, self.location(name).field, self.problems)

    def optional(self, name: str) -> None:
        """Allow a field that is not read, such as the location of shared YAML anchors."""
        self._known.add(name)

    def finish(self) -> None:
        """Note every field that nobody asked for: probably a typing mistake."""
        for name in self.data.keys() - self._known:
            self.refuse(name, "is not a known field")

    def _value(self, name: str, *, required: bool = True) -> Any:
        self._known.add(name)
        value = self.data.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.refuse(name, "is missing")
            return _MISSING
        return value

    def _listed(self, name: str, kind: type, what: str, *, required: bool) -> list[Any]:
        value = self._value(name, required=required)
        if value is _MISSING:
            return []
        if not isinstance(value, LocatedList) or any(type(one) is not kind for one in value):
            self.refuse(name, f"must be a list of {what}")
            return []
        if required and not value:
            self.refuse(name, "must not be empty")
        return value

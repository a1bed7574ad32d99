"""YAML that remembers the line of each value, and fields read out of it.

Each problem is recorded with its line, and reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from django.db.models import TextChoices


@dataclass(frozen=True, order=True)
class FileLocation:
    """A line of a file (counted from 1) and the path of the field, as `sets[0].card.latex`."""

    file: str
    line: int
    field: str


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file, with its location."""

    location: FileLocation
    message: str

    def __str__(self) -> str:
        location = self.location
        return f"{location.file}:{location.line}: {location.field or 'file'}: {self.message}"


class CatalogueRefused(Exception):  # noqa: N818  says what happened, as OrderRefused does
    """The files cannot be loaded; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


_MERGE = "tag:yaml.org,2002:merge"
_FLOAT = "tag:yaml.org,2002:float"


class LocatedDict(dict[str, Any]):
    """A mapping with its own line and the line of each key."""

    line: int
    lines: dict[str, int]


class LocatedList(list[Any]):
    """A list with its own line and the line of each entry."""

    line: int
    lines: list[int]


def read_yaml(text: str, file: str, first_line: int = 1) -> Any:
    """Return the document in `text`; `first_line` is the line of `file` on which it begins.

    Numbers with a point become Decimal, never float: they may be money.
    Raises CatalogueRefused for YAML that cannot be read, and for a key given twice.
    """
    try:
        return _Reader(text, file, first_line).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        message = f"the YAML cannot be read: {error.problem or error.context}"
        raise CatalogueRefused([Problem(FileLocation(file, line, ""), message)]) from error


class _Reader:
    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.loader = yaml.SafeLoader(text)
        self.file = file
        self.first_line = first_line

    def read(self) -> Any:
        node = self.loader.get_single_node()
        return None if node is None else self._value(node)

    def _line(self, node: yaml.Node) -> int:
        return self.first_line + node.start_mark.line

    def _value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node)
        if node.tag == _FLOAT:
            return Decimal(node.value.replace("_", ""))
        return self.loader.construct_object(node)

    def _sequence(self, node: yaml.SequenceNode) -> LocatedList:
        found = LocatedList(self._value(child) for child in node.value)
        found.line, found.lines = self._line(node), [self._line(child) for child in node.value]
        return found

    def _mapping(self, node: yaml.MappingNode) -> LocatedDict:
        found = LocatedDict()
        found.line, found.lines = self._line(node), {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                self._merge(found, value_node)
        own: set[str] = set()
        for key_node, value_node in node.value:
            if key_node.tag != _MERGE:
                self._add(found, own, key_node, value_node)
        return found

    def _merge(self, found: LocatedDict, node: yaml.Node) -> None:
        for shared in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(shared, yaml.MappingNode):
                message = "only a mapping can be merged with <<"
                raise CatalogueRefused(
                    [Problem(FileLocation(self.file, self._line(node), "<<"), message)]
                )
            values = self._mapping(shared)
            found.update(values)
            found.lines.update(values.lines)

    def _add(
        self, found: LocatedDict, own: set[str], key_node: yaml.Node, value_node: yaml.Node
    ) -> None:
        key = str(self.loader.construct_object(key_node))
        if key in own:
            location = FileLocation(self.file, self._line(key_node), key)
            raise CatalogueRefused([Problem(location, "is given twice")])
        own.add(key)
        found[key] = self._value(value_node)
        found.lines[key] = self._line(key_node)


_MISSING = object()
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MONEY = re.compile(r"\d{1,8}(\.\d{2}0?)?")  # dinars are written with a third decimal


class Entry:
    """A mapping of a file. Every field that was read counts as known; see `finish`."""

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

    def choice(self, name: str, choices: type[TextChoices], *, required: bool = True) -> str:
        """Return one of the values of `choices`; "" when it is missing or wrong."""
        value = self._value(name, required=required)
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

    def numbers(self, name: str, *, required: bool = True) -> list[int]:
        """Return a list of whole numbers, not empty when required."""
        found = self._listed(name, int, "whole numbers", required=required)
        return [int(value) for value in found]

    def entries(self, name: str, *, required: bool = True) -> Iterator[Entry]:
        """Yield each mapping of a list; it is closed (see `finish`) when the next is asked for."""
        values = self._listed(name, LocatedDict, "mappings", required=required)
        path = self.location(name).field
        for index, value in enumerate(values):
            entry = Entry(value, self.file, f"{path}[{index}]", self.problems)
            yield entry
            entry.finish()

    def entry(self, name: str, *, required: bool = True) -> Entry:
        """Return a mapping; an empty one when it is missing or wrong."""
        value = self._value(name, required=required)
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
        """Record every field that was never read as a problem: probably a typing mistake."""
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

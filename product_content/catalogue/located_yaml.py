"""YAML that remembers on which line each value stands, and what is wrong in it and where."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml


@dataclass(frozen=True, order=True)
class FileLocation:
    """A line of a file (counted from 1) and the path of the field, as `sets[0].card.latex`."""

    file: str
    line: int
    field: str


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend."""

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

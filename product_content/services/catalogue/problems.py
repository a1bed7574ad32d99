"""What is wrong in the files, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file (counted from 1) and the path of the field, as `sets[0].card.latex`."""

    file: str
    line: int
    field: str


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend."""

    place: Place
    message: str

    def __str__(self) -> str:
        place = self.place
        return f"{place.file}:{place.line}: {place.field or 'file'}: {self.message}"


class CatalogueRefused(Exception):  # noqa: N818  says what happened, as OrderRefused does
    """The files cannot be loaded; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

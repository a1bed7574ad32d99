"""What services of discreet shipping raise; each says why in words for the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from product_content.decisions import Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ChoicesRefused(ValueError):  # noqa: N818  a refusal is an answer, not a failure
    """Invalid choices; `problems` says per field what is wrong."""

    def __init__(self, problems: Mapping[str, StrOrPromise]) -> None:
        self.problems = {field: str(reason) for field, reason in problems.items()}
        super().__init__(" ".join(self.problems.values()))


class ChangeRefused(Refused):
    """An order's choices cannot be changed; `str()` says why."""


class PointsRefused(Exception):  # noqa: N818
    """A CSV of collection points with mistakes; nothing of it was kept."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

"""Refusals, in words for the person who asked."""

from __future__ import annotations


class TextRefused(ValueError):  # noqa: N818  reads as what it is
    """Words that cannot be stored; `problems` are sentences by field, "" for all of it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class SendRefused(ValueError):  # noqa: N818  reads as what it is
    """An e-mail that cannot be sent again; the text says why."""

"""What a load did, or would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_LONGEST = 60
_BEFORE = 15


@dataclass(frozen=True)
class Change:
    """What happened to one object: `created`, `changed`, `kept` or `gone`.

    `fields` holds (before, after) of each field that changed; for `kept`, (staff's, the file's).
    """

    action: str
    kind: str
    key: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the change as lines for a terminal."""
        head = f"{self.action:<8} {self.kind} {self.key}"
        if self.action == "created":
            return [head]
        if self.action == "gone":
            return [f"{head} (no longer in the files; left as it is)"]
        arrow = "kept, not" if self.action == "kept" else "→"
        return [head] + [
            f"           {name}: {_short(old, new)} {arrow} {_short(new, old)}"
            for name, (old, new) in self.fields.items()
        ]


@dataclass
class Report:
    """All changes of a load; objects that were as the files say are only counted."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0

    def count(self) -> Counter[str]:
        """Return how many objects were created, changed, kept, gone and unchanged."""
        return Counter(change.action for change in self.changes) + Counter(unchanged=self.unchanged)

    def lines(self) -> list[str]:
        """Return the whole report as lines for a terminal."""
        counts = self.count()
        names = ("created", "changed", "kept", "unchanged")
        summary = ", ".join(f"{counts[name]} {name}" for name in names)
        return [line for change in self.changes for line in change.lines()] + [summary]


def _short(value: Any, other: Any) -> str:
    """Return a value on one line, from a little before the place where it differs from `other`."""
    text, rest = " ".join(str(value).split()), " ".join(str(other).split())
    pairs = enumerate(zip(text, rest, strict=False))
    same = next((place for place, (one, two) in pairs if one != two), min(len(text), len(rest)))
    start = max(0, same - _BEFORE) if same > _LONGEST // 2 else 0
    shown = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{shown}{'…' if start + _LONGEST < len(text) else ''}"

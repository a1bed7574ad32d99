"""What a load did, or would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_LONGEST = 60


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
            f"           {name}: {_short(old)} {arrow} {_short(new)}"
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


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

"""What a scanner, or a person, types into a field: one code a line, a number where it is more."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_LINE = re.compile(r"^(?P<sku>\S+)(?:[\s;,]+(?P<pieces>\d{1,6}))?$")


@dataclass(frozen=True)
class Scans:
    """Pieces by SKU (upper-case, in the order they came), and the lines that say nothing."""

    pieces: dict[str, int]
    problems: tuple[str, ...]


def read_scans(text: str) -> Scans:
    """Read lines such as "SW-ONE-3" (one piece) or "SW-ONE-3 12"; the same SKU adds up."""
    pieces: Counter[str] = Counter()
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.match(line.strip())
        if match is None:
            problems.append(f"Line {number}: write a SKU, then how many, such as “ABC-1 12”.")
        else:
            pieces[match["sku"].upper()] += int(match["pieces"] or 1)
    return Scans(dict(pieces), tuple(problems))

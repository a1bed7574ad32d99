"""Article numbers (SKUs) as people write them: in any case, with or without hyphens and blanks."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from product_content.selectors.variants import Row, by_product, fetch_rows

MIN_PREFIX = 4  # letters and digits of a number that somebody has not finished
MAX_PARTS = 5  # of one number, where blanks or hyphens part it
_PART = re.compile(r"[^\W_]+")
# Every sign but letters and digits that a SKU may hold is left out, here and in what was typed.
# There is an index of just this (migration 0023).
_NORMAL = "lower(regexp_replace(v.sku, '[^[:alnum:]]', '', 'g'))"
_WHERE = f"{_NORMAL} = ANY(%(whole)s) OR {_NORMAL} LIKE %(begun)s"


class Codes(NamedTuple):
    """What of a text may be an article number: whole ones, and the beginning of one or ""."""

    whole: tuple[str, ...]
    begun: str


@dataclass(frozen=True, slots=True)
class Named:
    """The product whose number was typed, and which of its variants, if it was one."""

    product_id: int
    variant_id: int | None


def normal(code: str) -> str:
    """Return a number without case, hyphens and blanks: "SW-ONE 9" is "swone9"."""
    return "".join(_PART.findall(code.lower()))


def read_codes(text: str, *, known: Collection[str] = ()) -> Codes:
    """Return what may be an article number in `text`.

    Among other words only what has a digit and a letter may be one, lest a word that somebody
    searches by be taken for it; for the same reason a text of nothing but `known` words is none.
    """
    parts = _PART.findall(text.lower())
    inside = {
        run
        for start in range(len(parts))
        for end in range(start + 1, min(start + MAX_PARTS, len(parts)) + 1)
        if _is_mixed(run := "".join(parts[start:end]))
    }
    if set(parts) <= set(known) or len(parts) > MAX_PARTS:
        return Codes(tuple(sorted(inside)), "")
    whole = "".join(parts)
    return Codes(tuple(sorted({*inside, whole})), whole if len(whole) >= MIN_PREFIX else "")


def _is_mixed(run: str) -> bool:
    return bool(re.search(r"\d", run) and re.search(r"[^\W\d]", run))


def find_named(codes: Codes) -> Named | None:
    """Return the one visible product that the numbers name, if it is one; one query.

    A number that is whole counts before one that is only begun.
    """
    if not codes.whole:
        return None
    begun = f"{codes.begun}%" if codes.begun else ""  # letters and digits only, so no wildcards
    rows = fetch_rows(only=_WHERE, params={"whole": list(codes.whole), "begun": begun})
    whole = [row for row in rows if normal(row.sku) in codes.whole]
    return _only_product(whole or rows)


def _only_product(rows: Sequence[Row]) -> Named | None:
    products = by_product(rows)
    if len(products) != 1:
        return None
    return Named(rows[0].product_id, rows[0].id if len(rows) == 1 else None)

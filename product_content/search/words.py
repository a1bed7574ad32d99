"""What the index knows about what somebody typed: words, customers' phrases, article numbers.

Article numbers (SKUs) are read as people write them: in any case, with or without hyphens and
blanks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from product_content.models import CONFIGS
from product_content.search.query import Candidate, Phrase, WordFacts
from product_content.selectors.variants import Row, by_product, fetch_rows

# For each word and language. A mistyped word shares some of its three-letter groups with the right
# one; how near they must be is for `query` to say.
_FACTS = """
SELECT shop.language, w, stems, known,
    ARRAY(SELECT DISTINCT stem FROM (
              SELECT stem FROM product_content_searchword other
              WHERE NOT known AND length(w) > 2 AND other.language = shop.language
                AND starts_with(folded, unaccent(w))
              ORDER BY length(word), word LIMIT 5) AS begun),
    to_jsonb(ARRAY(SELECT jsonb_build_array(word, stem, edits, sensitive) FROM (
              SELECT word, stem, sensitive, similarity(folded, unaccent(w)) AS alike,
                  levenshtein_less_equal(folded, unaccent(w), 2) AS edits
              FROM product_content_searchword other
              WHERE NOT known AND length(w) BETWEEN 6 AND 40 AND other.language = shop.language
                AND length(word) BETWEEN length(w) - 2 AND length(w) + 2
                AND similarity(folded, unaccent(w)) >= 0.2) AS near
          WHERE edits <= 2 ORDER BY edits, alike DESC, word LIMIT 8))
FROM unnest(%s::text[]) AS w
CROSS JOIN unnest(%s::text[]) AS shop (language)
CROSS JOIN LATERAL (SELECT tsvector_to_array(shop_vector(shop.language, w)) AS stems) AS stemmed
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT 1 FROM product_content_searchword other
                   WHERE other.language = shop.language AND other.stem = ANY(stems)) AS known
) AS looked
"""
_GENERAL = 0.5  # the share of guides with a word from which on it says little
_PHRASES = """
SELECT found.stems, g.id, g.leads_to, g.sensitive, to_jsonb(ARRAY(
    SELECT to_jsonb(every.stems) FROM product_content_searchphrase every
    WHERE every.group_id = g.id AND g.leads_to = '')),
    (SELECT count(*) FILTER (WHERE vector @@ (
            SELECT string_agg(quote_literal(stem), ' & ') FROM unnest(found.stems) stem)::tsquery
        ) > count(*) * %s FROM product_content_searchdocument
        WHERE guide_id IS NOT NULL AND language = found.language)
FROM product_content_searchphrase found
JOIN product_content_searchgroup g ON g.id = found.group_id
WHERE found.language = %s AND found.stems <@ %s::varchar[]
"""


def word_facts(words: Sequence[str]) -> dict[str, dict[str, WordFacts]]:
    """Return what each language knows about each word; no query without words."""
    known: dict[str, dict[str, WordFacts]] = {language: {} for language in CONFIGS}
    if not words:
        return known
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(words), list(CONFIGS)])
        for language, word, stems, is_known, longer, near in cursor.fetchall():
            candidates = tuple(Candidate(*each) for each in json.loads(near))
            known[language][word] = WordFacts(tuple(stems), is_known, tuple(longer), candidates)
    return known


def known_phrases(language: str, stems: Iterable[str]) -> list[Phrase]:
    """Return the phrases of customers' words whose words are all among the stems; one query."""
    if not (wanted := sorted(set(stems))):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PHRASES, [_GENERAL, language, wanted])
        return [
            Phrase(frozenset(stems), order, leads_to, sensitive, _tuples(alternatives), general)
            for stems, order, leads_to, sensitive, alternatives, general in cursor.fetchall()
        ]


def _tuples(alternatives: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(each) for each in json.loads(alternatives))


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

"""What the index knows about the words that somebody typed, and about customers' phrases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import connection

from product_content.models import CONFIGS
from product_content.search.query import Candidate, Phrase, WordFacts

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

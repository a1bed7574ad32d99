"""What the documents know about the words of a search; one statement for all words."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from product_content.search.query import WordFacts

# A mistyped word shares some of its three-letter groups with the right one, and is at most two
# keystrokes away from it (one, in a word of four letters or fewer).
_FACTS = """
SELECT w,
    numnode(plainto_tsquery('english', w)) = 0 AS stop,
    EXISTS (SELECT 1 FROM product_content_searchdocument
            WHERE vector @@ plainto_tsquery('english', w)) AS known,
    ARRAY(SELECT word FROM product_content_searchword
          WHERE length(w) > 2 AND starts_with(word, w) AND word <> w
          ORDER BY length(word), word LIMIT 5) AS longer,
    ARRAY(SELECT word FROM product_content_searchword
          WHERE length(w) > 2
            AND length(word) BETWEEN length(w) - 2 AND length(w) + 2
            AND similarity(word, w) >= 0.2
            AND levenshtein_less_equal(word, w, 2) <= CASE WHEN length(w) > 4 THEN 2 ELSE 1 END
          ORDER BY levenshtein_less_equal(word, w, 2), similarity(word, w) DESC, word
          LIMIT 1) AS nearest
FROM unnest(%s::text[]) AS w
"""


def word_facts(words: Sequence[str]) -> dict[str, WordFacts]:
    """Return what is known about each word; no query without words."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(words)])
        rows = cursor.fetchall()
    return {
        word: WordFacts(stop, known, tuple(longer), tuple(near))
        for word, stop, known, longer, near in rows
    }

"""What people type, each with the first answer that they should get."""

from pathlib import Path

import pytest
import yaml
from django.utils.translation import override

from product_content.search.results import place_url
from product_content.search.selectors import search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
TABLES = sorted(Path(__file__).parent.glob("*.yaml"))


def expected(answer):
    """Return the addresses that are right: one, or several in a list."""
    answers = answer if isinstance(answer, list) else [answer]
    return [
        place_url(each.removeprefix("place:")) if "place:" in each else each for each in answers
    ]


def wrong_answers(table, language):
    """Return the searches of a table whose first answer is another one, with both."""
    root = "" if language == "en" else f"/{language}"
    wrong = {}
    for typed, answer in table[language].items():
        first = search(str(typed)).first.partition("?")[0]
        wanted = [a if a.startswith(f"{root}/") else f"{root}{a}" for a in expected(answer)]
        if first not in wanted:
            wrong[typed] = (first, wanted)
    return wrong


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_each_search_begins_with_the_expected_answer(path, language):
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert len(table[language]) >= 60
    with override(language):
        assert wrong_answers(table, language) == {}


# What nobody who types it may be told about instead.
@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "vaginitis"),
        ("en", "vulvitis"),
        ("en", "endometritis"),
        ("en", "vaginectomy"),
        ("en", "hysteroscopy"),
        ("en", "abortion"),
        ("en", "raped"),
        ("en", "impotence"),
        ("en", "importance"),
        ("en", "cervicitis"),
        ("es", "vaginosis"),
        ("es", "vaginitis"),
        ("es", "violada"),
        ("es", "abortar"),
        ("es", "cistitis"),
        ("es", "impotencia"),
    ],
)
def test_no_sensitive_word_is_taken_for_another(language, typed):
    with override(language):
        assert [note for note in search(typed).notes if "«" in note or "“" in note] == []

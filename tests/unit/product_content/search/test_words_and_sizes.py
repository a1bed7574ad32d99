"""What somebody typed, taken apart."""

import pytest

from product_content.search.query import (
    MAX_LENGTH,
    WordFacts,
    correct,
    make_terms,
    parse_query,
    parse_sizes,
)
from product_content.search.results import START, STOP, marked
from product_content.selectors.lists import size_info

CHART = [size_info(n, mm, 100, 50) for n, mm in enumerate((13, 16, 20, 23, 26, 29, 32, 35, 38), 1)]


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        ("size 3", (3,), ""),
        ("sizes 1 to 5", (1, 5), ""),
        ("size 2 – 4 set", (2, 4), "set"),
        ("23 mm", (4,), ""),
        ("23mm dilator", (4,), "dilator"),
        ("2.3 cm", (4,), ""),
        ("0.9 inch", (4,), ""),
        ('0,9"', (4,), ""),
        ("trainer 3", (3,), "trainer"),
        ("26", (5,), ""),
        ("size 3 20 mm", (3,), ""),
        ("h2o gel", (), "h2o gel"),
        ("gel", (), "gel"),
    ],
)
def test_a_size_is_understood_as_number_width_or_inches(text, numbers, rest):
    wish = parse_sizes(text, CHART)
    assert (wish.numbers, wish.rest.strip(), wish.notes) == (numbers, rest, ())


@pytest.mark.parametrize(
    ("text", "numbers", "note"),
    [
        ("30 mm", (6,), "Nearest to 30 mm: size 6, 29 mm."),
        ("size 12", (), "There is no size 12: our sizes go from 1 to 9."),
        ("60 mm", (), "None of our sizes is near 60 mm across."),
    ],
)
def test_a_size_that_we_do_not_have_is_said_so(text, numbers, note):
    wish = parse_sizes(text, CHART)
    assert (wish.numbers, wish.notes) == (numbers, (note,))


def test_without_a_chart_no_size_is_found_and_nothing_breaks():
    assert parse_sizes("size 3 23 mm", []).numbers == ()


def test_long_or_odd_text_is_cut_and_never_an_error():
    wish = parse_query("word " * 1000 + "\x00 ' & | ! :* ()", CHART)
    assert wish.words == ("word",)
    assert parse_query("x" * (MAX_LENGTH + 50), CHART).words == ("x" * MAX_LENGTH,)
    assert parse_query(" ".join(f"w{letter}" for letter in "abcdefghijkl"), CHART).words[-1] == "wh"


def test_one_thing_is_searched_under_all_its_names():
    (term,) = make_terms(("vaginal", "trainers"), {})
    assert "dilator" in term.phrases
    assert "cone" in term.phrases
    assert make_terms(("vibrator",), {})[0].phrases[0] == "massager"


def test_an_unknown_word_becomes_its_neighbour_and_a_known_one_stays():
    facts = {
        "pouhc": WordFacts(nearest=("pouch",)),
        "dry": WordFacts(known=True, nearest=("day",)),
        "lub": WordFacts(longer=("lube", "lubed"), nearest=("tub",)),
        "lube": WordFacts(nearest=("tube",)),
        "the": WordFacts(stop=True),
    }
    assert correct(tuple(facts), facts) == ("pouch", "dry", "lub", "lube", "the")
    terms = make_terms(("lub", "the"), facts)
    assert [term.phrases for term in terms] == [
        ("lubricant", "lube", "gel", "jelly", "lubricante", "lubed")
    ]


def test_found_words_are_marked_in_text_that_is_escaped():
    shown = marked(f"<b>{START}dilator{STOP}</b> & more")
    assert shown == "&lt;b&gt;<mark>dilator</mark>&lt;/b&gt; &amp; more"

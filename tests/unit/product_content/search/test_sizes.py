"""Sizes as people write them."""

import pytest

from product_content.search.sizes import parse_sizes, plain_text
from product_content.selectors.lists import size_info

CHART = [size_info(n, mm, 100, 50) for n, mm in enumerate((13, 16, 20, 23, 26, 29, 32, 35, 38), 1)]


def read(text):
    return parse_sizes(plain_text(text), CHART)


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        ("size 3", (3,), ""),
        ("sizes 1 to 5", (1, 5), ""),
        ("size 2 – 4 set", (2, 4), "set"),
        ("sizes 3,4,5", (3, 4, 5), ""),
        ("size three", (3,), ""),
        ("tamaños del 3 al 6", (3, 6), ""),
        ("nº 4", (4,), ""),
        ("#4", (4,), ""),
        ("size 3 in silicone", (3,), "in silicone"),
        ("23 mm", (4,), ""),
        ("23mm dilator", (4,), "dilator"),
        ("2.3 cm", (4,), ""),
        ("2,3 centímetros", (4,), ""),
        ("0.9 inch", (4,), ""),
        (".9 in", (4,), ""),
        ('0,9"', (4,), ""),
        ("0.79”", (3,), ""),
        ("0.79''", (3,), ""),
        ("0.91″", (4,), ""),
        ("1⅛″", (6,), ""),
        ("1 ⅛ inches", (6,), ""),
        ("1 1/8 in", (6,), ""),
        ("1-1/8 inch", (6,), ""),
        ("1¼ pulgadas", (7,), ""),
        ("half an inch", (1,), ""),
        ("media pulgada", (1,), ""),
        ("an inch and a half", (9,), ""),
        ("20 and 23 mm", (3, 4), ""),
        ("20/23mm", (3, 4), ""),
        ("20-29 mm", (3, 6), ""),
        ("2-2.9cm", (3, 6), ""),
        ("1,3 y 1,6 cm", (1, 2), ""),
        ("13,16,20 mm", (1, 2, 3), ""),
        ("trainer 3", (3,), "trainer"),
        ("26", (5,), ""),
        ("3-6", (3, 6), ""),
        ("size 3 20 mm", (3,), ""),
    ],
)
def test_a_size_is_understood_as_number_width_or_inches(text, numbers, rest):
    wish = read(text)
    assert (wish.numbers, wish.rest.strip(), wish.notes) == (numbers, rest, ())


@pytest.mark.parametrize(
    "text",
    [
        "h2o gel",
        "gel",
        "20 minutes",
        "10-15 min",
        "2 to 4 days",
        "6 weeks after birth",
        "3 veces al día",
        "£20",
        "29 €",
        "20 pounds",
        "age 26",
        "16 years old",
        "covid 19",
        "12 cm long",
        "bolsa de 24x16 cm",
        "over 60",
    ],
)
def test_what_is_no_width_stays_a_word(text):
    wish = read(text)
    assert (wish.numbers, wish.rest, wish.notes) == ((), text, ())


@pytest.mark.parametrize(
    ("text", "numbers", "note"),
    [
        ("30 mm", (6,), "Nearest to 30 mm: size 6, 29 mm."),
        ("¾ inch", (3,), "Nearest to 19 mm: size 3, 20 mm."),
        ("size 12", (), "There is no size 12: our sizes go from 1 to 9."),
        ("60 mm", (), "None of our sizes is near 60 mm across."),
    ],
)
def test_a_size_that_we_do_not_have_is_said_so(text, numbers, note):
    wish = read(text)
    assert (wish.numbers, wish.notes) == (numbers, (note,))


@pytest.mark.parametrize(
    ("text", "pieces"), [("set of 5", 5), ("juego de 3", 3), ("5 piece set", 5), ("3 dilators", 3)]
)
def test_a_number_of_pieces_is_no_size(text, pieces):
    wish = read(text)
    assert (wish.numbers, wish.pieces) == ((), pieces)


def test_without_a_chart_no_size_is_found_and_nothing_breaks():
    assert parse_sizes("size 3 23 mm", []).numbers == ()


@pytest.mark.parametrize(
    ("text", "volumes"),
    [
        ("16 ml", (16,)),
        ("50ml", (50,)),
        ("20 mililitros", (20,)),
        ("100 millilitres", (100,)),
        ("100-millilitre bottle", (100,)),
        ("50 to 150 ml", (50, 150)),
        ("5 cl", (50,)),
        ("0,1 l", (100,)),
        ("2 fl oz", (59,)),
        ("20 cc", (20,)),
    ],
)
def test_a_volume_is_never_a_width(text, volumes):
    wish = read(text)
    assert (wish.numbers, wish.volumes, wish.notes) == ((), volumes, ())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("set of 5", 5), ("three piece set", 3), ("juego de tres", 3), ("two dilators", 2)],
)
def test_how_many_pieces_a_set_should_have_is_understood_in_words_too(text, pieces):
    assert read(text).pieces == pieces


def test_one_dilator_is_no_set_of_one():
    assert read("one piece").pieces is None

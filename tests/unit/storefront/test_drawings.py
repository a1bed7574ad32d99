"""Drawings and words made from the size data."""

import re
from xml.etree import ElementTree as ET

import pytest

from product_content.types import SizeInfo
from storefront import drawings, wording


def size(number, diameter, length=100):
    return SizeInfo(number, diameter, "0.00", length, "0.00", 10)


CHART = tuple(size(n, d, 80 + n) for n, d in enumerate((13, 16, 20, 38), 1))


@pytest.mark.parametrize(
    "drawn", [drawings.standing(CHART[0], 84), drawings.strip(CHART, CHART[:2])]
)
def test_a_drawing_is_well_formed_and_has_no_style_or_script(drawn):
    tree = ET.fromstring(drawn)  # noqa: S314  our own drawing
    names = {name for element in tree.iter() for name in (element.tag, *element.attrib)}
    assert names.isdisjoint({"style", "script", "onload", "href"})


def test_circles_keep_true_proportions():
    radii = re.findall(r'r="([\d.]+)"', drawings.strip(CHART, ()))
    assert [float(radius) * 2 for radius in radii] == [13, 16, 20, 38]


def test_only_sizes_of_the_set_are_filled_and_named():
    drawn = drawings.strip(CHART, CHART[1:3])
    assert re.findall(r'class="(in|out)"', drawn) == ["out", "in", "in", "out"]
    assert 'aria-label="Sizes in it: 2 (16 mm), 3 (20 mm)"' in drawn


def test_every_standing_drawing_of_a_row_has_one_scale():
    boxes = {re.search(r'viewBox="([^"]+)"', drawings.standing(s, 84))[1] for s in CHART}
    assert boxes == {"-25.0 -88 50 122"}


@pytest.mark.parametrize(
    ("available", "words"),
    [(-1, "Sold out"), (0, "Sold out"), (1, "Only 1 left"), (5, "Only 5 left"), (6, "6 in stock")],
)
def test_stock_in_words(available, words):
    assert wording.stock(available) == words


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((), ""),
        ((1,), "Size 1, 13 mm"),
        ((1, 2), "Sizes 1 and 2, 13 to 16 mm"),
        ((1, 2, 3), "Sizes 1 to 3, 13 to 20 mm"),
        ((1, 3, 4), "Sizes 1, 3 and 4, 13 to 38 mm"),
    ],
)
def test_sizes_in_words(numbers, words):
    assert wording.size_range(tuple(s for s in CHART if s.number in numbers)) == words

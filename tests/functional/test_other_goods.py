"""Goods of another kind, five sizes, no guide: the catalogue loads, and its pages read right."""

import re

import pytest
from django.test import Client

from product_content.catalogue.loading import load_catalogue
from product_content.search.indexing import rebuild_search
from tests.unit.product_content import files

pytestmark = pytest.mark.django_db

OURS = re.compile(r"dilat|vagin|pelvic|penetrat", re.IGNORECASE)
TEXTS = """\
texts:
  home: Rings for every finger, sized in millimetres.
  lists:
    - {kind: sets, lead: Ring sets from narrow to wide., typed: ring set}
    - {kind: care, lead: Cloths and boxes.}
"""
SIZES = "\n".join(
    f"  - {{number: {n}, diameter_mm: {n + 14}, usable_length_mm: 8, weight_g: 4}}"
    for n in range(1, 6)
)


@pytest.fixture
def rings(tmp_path):
    """A shop that sells rings, loaded from files without a guide, a source or a word."""
    text = files.CATALOGUE
    for before, after in (
        (re.search(r"  - \{number: 1.*?(?=shipping:)", text, re.DOTALL)[0], f"{SIZES}\n"),
        ("small-set", "narrow-rings"), ("Small set", "Narrow rings"),
        ("sizes: [1, 2]", "sizes: [1, 2, 3, 4, 5]"),
        ("Two small sizes.", "Five rings."), ("Two *small* sizes.", "Five *plain* rings."),
        ("plain-single", "one-ring"), ("Plain single", "One ring"),
        ("plain-gel", "soft-cloth"), ("Plain gel", "Soft cloth"), ("A gel.", "A cloth."),
        ("Gentle practice.", "To be worn."), ("Water-based only.", "None."),
        ("Not studied in pregnancy.", "Nothing."),
    ):  # fmt: skip
        assert before in text, before
        text = text.replace(before, after)
    (tmp_path / "catalogue.yaml").write_text(TEXTS + text)
    report = load_catalogue(folder=tmp_path)
    assert load_catalogue(folder=tmp_path).changes == []
    return report


def words(address):
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_it_loads_and_every_page_opens(rings):
    assert ("list", "sets") in [(change.kind, change.key) for change in rings.changes]
    rebuild_search()
    for address in (
        "/", "/es/", "/sets/", "/sets/?size=5", "/singles/", "/care/", "/sizes/", "/finder/",
        "/guides/", "/search/", "/sitemap.xml", "/sets/narrow-rings/",
        "/singles/one-ring/", "/care/soft-cloth/", "/how-we-know/", "/plan/",
    ):  # fmt: skip
        words(address)


def test_home_and_lists_say_what_the_catalogue_says(rings):
    home = words("/")
    assert "Rings for every finger, sized in millimetres." in home
    assert "Narrow rings" in home
    for size in range(1, 6):
        assert f"size={size}" in home
    assert "size=6" not in home
    assert "Start with a guide" not in home
    assert "You may not need to buy anything" not in home
    sets = words("/sets/")
    assert "Ring sets from narrow to wide." in sets
    assert re.search(r"<title>\s*Sets by size · ring set · Stillwater\s*</title>", sets)
    assert "Cloths and boxes." in words("/care/")
    assert "One size on its own" in words("/singles/")  # of which the catalogue says nothing


@pytest.mark.parametrize("address", ["/", "/sets/", "/singles/", "/care/", "/search/", "/sizes/"])
def test_nothing_of_other_goods_is_left(rings, address):
    assert OURS.findall(words(address)) == []


def test_search_suggests_what_is_there(rings):
    page = words("/search/")
    tries = re.findall(r'form="tries" name="q" value="([^"]+)"', page)
    assert tries[:2] == ["size 3", "18 mm"]
    assert sorted(tries[2:]) == ["Narrow rings", "One ring", "Soft cloth"]
    found = words("/search/?q=rings")
    assert "/sets/narrow-rings/" in found


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("    - {kind: shoes, lead: Shoes.}", "must be one of sets, singles, care"),
        ("    - {kind: sets, led: Shoes.}", "is not a known field"),
    ],
)
def test_a_slip_in_the_texts_is_named_with_its_line(tmp_path, line, problem):
    from product_content.catalogue.located_yaml import CatalogueRefused

    (tmp_path / "catalogue.yaml").write_text(f"texts:\n  lists:\n{line}\n{files.CATALOGUE}")
    with pytest.raises(CatalogueRefused, match=problem):
        load_catalogue(folder=tmp_path)

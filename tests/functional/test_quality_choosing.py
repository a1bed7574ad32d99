"""Filtering and comparing sets, and completing one that somebody has."""

import html
import re

import pytest

from product_content.selectors import list_sets
from storefront.sets import SetFilter, matching_sets, relaxations, sorted_sets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def shown(client, query):
    page = client.get(f"/sets/?{query}").content.decode()
    return page, re.findall(r'<article class="set-card">.*?href="/sets/(.*?)/"', page, re.DOTALL)


def test_each_filter_keeps_the_sets_that_pass_and_all_of_them():
    sets = list_sets()
    for wanted, test in (
        (SetFilter(size=3), lambda card: 3 in {size.number for size in card.sizes}),
        (SetFilter(from_mm=20), lambda card: min(s.diameter_mm for s in card.sizes) >= 20),
        (SetFilter(to_mm=26), lambda card: max(s.diameter_mm for s in card.sizes) <= 26),
        (SetFilter(material="Silicone"), lambda card: card.material == "Silicone"),
        (SetFilter(firmness="Firm: does not bend"), lambda card: card.firmness.startswith("Firm")),
        (SetFilter(magnetic=True), lambda card: card.magnetic),
        (SetFilter(max_price=40), lambda card: card.price.amount <= 40),
        (SetFilter(in_stock=True), lambda card: card.available > 0),
    ):
        kept = matching_sets(sets, wanted)
        assert kept == [card for card in sets if test(card)]
        assert kept


def test_orders_are_by_smallest_size_number_of_sizes_and_price():
    sets = list_sets()
    firsts = [card.sizes[0].number for card in sorted_sets(sets, "smallest")]
    assert firsts == sorted(firsts)
    lengths = [len(card.sizes) for card in sorted_sets(sets, "range")]
    assert lengths == sorted(lengths, reverse=True)
    prices = [card.price.amount for card in sorted_sets(sets, "price")]
    assert prices == sorted(prices)


def test_without_a_wish_what_suits_most_people_leads(client):
    page, cards = shown(client, "")
    assert cards == [card.slug for card in list_sets()]
    assert cards[-3:] == ["magnetic-set-sizes-1-4", "firm-set-sizes-3-7", "magnetic-set-sizes-5-8"]
    assert "<details open>" not in page  # folded until something is asked for
    assert "<details open>" in shown(client, "sort=price")[0]


def test_singles_list_each_size_with_one_without_magnets(client):
    page = client.get("/singles/").content.decode()
    straight = page.split('id="by-size"')[1].split("</section>")[0]
    assert straight.count("<li>") == 9
    assert "/singles/smooth-single/?option=" in straight
    assert "magnetic-single" not in straight


def test_an_empty_result_names_what_to_give_up_and_each_way_finds_sets(client):
    wanted = SetFilter(size=9, magnetic=True, in_stock=True)
    given = {"size": "9", "magnetic": "yes", "in_stock": "on"}
    ways = relaxations(list_sets(), wanted, given)
    assert {way.name for way in ways} == {"size", "magnetic"}
    for way in ways:
        _, cards = shown(client, way.query)
        assert len(cards) == way.count > 0


def test_the_address_holds_the_filter_and_the_form_shows_it(client):
    page, cards = shown(client, "size=3&from_mm=20&sort=price")
    assert cards == ["middle-set-sizes-3-6", "firm-set-sizes-3-7"]
    assert '<option value="3" selected>' in page
    assert 'value="20"' in page


@pytest.mark.parametrize(
    "query",
    ["size=99", "size=abc", "from_mm=-4", "from_mm=1e9", "material=Gold", "magnetic=maybe",
     "max_price=free", "sort=beauty", "size=%07"],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out_and_said_so(client, query):
    page, cards = shown(client, query)
    assert len(cards) == len(list_sets())
    assert page.count("We could not use this, so we left it out.") == 1


def test_sets_stand_side_by_side_at_most_four_and_only_known_ones(client):
    slugs = [card.slug for card in list_sets()]
    query = "&".join(f"set={slug}" for slug in [*slugs[:5], slugs[0], "no-such-set"])
    page = client.get(f"/sets/compare/?{query}").content.decode()
    head = re.search("<thead[^>]*>(.*?)</thead>", page, re.DOTALL)[1]
    assert re.findall('href="/sets/(.*?)/"', head) == slugs[:4]
    assert "the first four" in page


def test_many_sets_to_choose_from_come_in_pages_that_keep_the_chosen_ones(client, monkeypatch):
    monkeypatch.setattr("storefront.views.catalogue.CARDS_ON_PAGE", 4)
    slugs, seen = [card.slug for card in list_sets()], []
    path = f"/sets/compare/?set={slugs[3]}"
    while path:
        page = client.get(path).content.decode()
        assert page.count(f'<input type="hidden" name="set" value="{slugs[3]}">') == 1
        offered = re.findall('<input type="checkbox" name="set" value="(.*?)"', page)
        assert len(offered) <= 4
        seen += offered
        further = re.search('rel="next" href="(.*?)"', page)
        path = further and html.unescape(further[1])
    assert seen == [slug for slug in slugs if slug != slugs[3]]


def test_a_set_offers_the_sizes_next_to_it_of_its_own_sort(client):
    page = client.get("/sets/middle-set-sizes-3-6/").content.decode()
    missing = re.search('id="missing".*?</section>', page, re.DOTALL)[0]
    assert re.findall(r"Smooth single, size (\d)", missing) == ["2", "7"]
    assert "Magnetic single" not in missing
    assert "One step smaller" in missing
    assert "One step larger" in missing
    assert 'href="/sets/compare/?set=middle-set-sizes-3-6"' in missing


def test_a_magnetic_set_offers_magnetic_sizes(client):
    page = client.get("/sets/magnetic-set-sizes-1-4/").content.decode()
    missing = re.search('id="missing".*?</section>', page, re.DOTALL)[0]
    assert re.findall(r"Magnetic single, size (\d)", missing) == ["5"]
    assert "Smooth single" not in missing

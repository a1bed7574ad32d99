"""A clinician's list: sizes for somebody else, sealed in an address and kept nowhere."""

import re

import pytest
from django.test import Client
from saleor.checkout.models import Checkout

from storefront.saved_lists import MAX_AMOUNT, SizeList, sealed, unsealed

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def visitor():
    return Client(headers=OWN)


def address(visitor, **amounts):
    answer = visitor.post("/list/", {"kind": "smooth", **amounts})
    assert answer.status_code == 303
    return answer["Location"]


def test_a_list_fills_a_basket_by_one_button(catalogue, visitor):
    page = visitor.get(address(visitor, size_3="1", size_4="2")).content.decode()
    pieces = re.findall(r'name="pieces" value="(\d+:\d+)"', page)
    visitor.post("/basket/add-all/", {"pieces": pieces})
    lines = Checkout.objects.get().lines.select_related("variant")
    assert {one.variant.sku: one.quantity for one in lines} == {"SW-ONE-3": 1, "SW-ONE-4": 2}


def test_making_and_reading_a_list_writes_nothing_and_sets_no_cookie(
    catalogue, visitor, django_assert_max_num_queries
):
    made = address(visitor, size_3="1")
    page = visitor.get(made)
    assert not page.cookies
    assert not Checkout.objects.exists()
    assert address(visitor, size_3="1") == made  # nothing of a moment or a person is in it


def test_a_list_is_neutral_outside_and_full_inside(catalogue, visitor):
    made = address(visitor, size_3="1", size_4="1")
    assert re.fullmatch(r"/list/[\w-]{16}/", made)
    page = visitor.get(made)
    text = page.content.decode()
    assert "<title>A list · Stillwater</title>" in " ".join(text.split())
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]
    assert "1 × size 3, 20 mm" in " ".join(text.split())
    card = text[text.index('class="hand-card"') :].split("</section>")[0]
    assert "data:image/svg+xml" in card
    assert not [
        word for word in ("dilator", "Smooth", "mm") if word in re.sub(r'src="\S+"', "", card)
    ]


def test_magnets_are_only_on_a_list_that_asks_for_them_with_their_warning(catalogue, visitor):
    smooth = visitor.get(address(visitor, size_3="1")).content.decode()
    assert "pacemaker" not in smooth
    answer = visitor.post("/list/", {"kind": "magnetic", "size_3": "1"})
    page = visitor.get(answer["Location"]).content.decode()
    assert "Magnetic single" in page
    assert "pacemaker" in page


@pytest.mark.parametrize(
    "sent",
    [{}, {"size_3": "0"}, {"size_3": "-1"}, {"size_3": "x"}, {"size_3": "10"}, {"kind": "x"}],
)
def test_a_list_without_a_size_is_refused_and_keeps_what_was_typed(catalogue, visitor, sent):
    page = visitor.post("/list/", {"kind": "smooth", **sent})
    assert page.status_code == 422
    if typed := sent.get("size_3"):
        assert f'value="{typed}"' in page.content.decode()


def test_an_address_cannot_be_made_up(catalogue, client):
    good = sealed(SizeList({3: 1, 4: 2}))
    for at in range(len(good)):
        changed = "A" if good[at] != "A" else "B"
        assert unsealed(good[:at] + changed + good[at + 1 :]) is None
    for wrong in ("x", "é", "A" * 16, good + "AA", good[:-4], "=" * 5):
        assert client.get(f"/list/{wrong}/").status_code == 404


def test_what_was_sealed_comes_out_again_also_after_a_change_of_the_key(settings):
    for wanted in (
        SizeList({3: 1}), SizeList(dict.fromkeys(range(1, 10), MAX_AMOUNT), magnetic=True),
    ):  # fmt: skip
        assert unsealed(sealed(wanted)) == wanted
    printed = sealed(SizeList({5: 2}))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert unsealed(printed) == SizeList({5: 2})


def test_another_site_cannot_make_a_list_for_somebody(catalogue, client):
    answer = client.post("/list/", {"kind": "smooth", "size_3": "1"})
    assert answer.status_code == 403

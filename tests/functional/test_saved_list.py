"""What customers save for later: on the server for an account, nowhere here for a guest."""

import re
from datetime import timedelta

import html5lib
import pytest
from django.test import Client
from django.utils import timezone
from saleor.checkout.models import CheckoutLine

from storefront.models import SavedVariant
from storefront.personal_data import account_data, delete_account
from storefront.saved_lists import MAX_SAVED, delete_old_saved, save_variants, unsealed
from tests.factories import UserFactory
from tests.personas import customer, in_role, wrong_customer

OWN = {"Sec-Fetch-Site": "same-origin"}
HTMX = {"HX-Request": "true", **OWN}

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(shop):
    return UserFactory()


@pytest.fixture
def buyer(user):
    return customer(user, headers=OWN)


def text(response):
    return response.content.decode()


def saved_by(user):
    return list(SavedVariant.objects.filter(user=user).values_list("variant", flat=True))


def save(client, *variants, **more):
    return client.post("/saved/add/", {"variant": [each.pk for each in variants]}, **more)


def test_account_keeps_it_and_shows_it_newest_first(shop, buyer, user):
    assert save(buyer, shop.starter)["Location"] == "/saved/"
    save(buyer, shop.lubricant)
    assert saved_by(user) == [shop.lubricant.pk, shop.starter.pk]
    save(buyer, shop.starter)
    assert saved_by(user) == [shop.starter.pk, shop.lubricant.pk]
    response = buyer.get("/saved/")
    page = text(response)
    assert "<title>Saved · Stillwater</title>" in re.sub(
        r"\s+(?=</title>)|(?<=<title>)\s+", "", page
    )
    assert page.index(shop.starter.product.name) < page.index(shop.lubricant.product.name)
    assert response["Cache-Control"] == "private, no-store"
    html5lib.HTMLParser(strict=True).parse(page)


def test_htmx_gets_a_sentence_in_place_of_a_page(shop, buyer):
    answer = text(save(buyer, shop.starter, headers=HTMX))
    assert "Saved in your account." in answer
    assert "data-save-here" not in answer


def test_of_a_guest_nothing_is_kept_here(shop):
    guest = Client(headers=OWN)
    answer = save(guest, shop.starter, headers=HTMX)
    assert f'data-save-here="{shop.starter.pk}"' in text(answer)
    assert "Saved in this browser only" in text(answer)
    assert SavedVariant.objects.count() == 0
    assert answer.cookies.output() == ""
    plain = text(save(guest, shop.starter))
    assert "Without JavaScript this browser cannot keep a list" in plain
    page = text(guest.get("/saved/"))
    assert "<noscript>" in page
    assert shop.starter.product.name not in page


def test_list_of_a_browser_is_shown_from_its_numbers(shop):
    guest = Client(headers=OWN)
    numbers = f"{shop.lubricant.pk} {shop.starter.pk} 999999 x -1"
    page = text(guest.post("/saved/rows/", {"variants": numbers}))
    assert page.index(shop.lubricant.product.name) < page.index(shop.starter.product.name)
    assert page.count('class="line"') == 2
    assert "Nothing is saved here." in text(guest.post("/saved/rows/", {"variants": ""}))


def test_single_sizes_become_a_list_for_somebody(shop, buyer):
    save(buyer, shop.single, shop.starter)
    token = re.search(r"/list/([\w-]+)/", text(buyer.get("/saved/")))[1]
    wanted = unsealed(token)
    assert wanted.amounts == {shop.single.single_size.size.number: 1}
    assert wanted.magnetic is False
    assert buyer.get(f"/list/{token}/").status_code == 200


def test_without_single_sizes_there_is_nothing_to_share(shop, buyer):
    save(buyer, shop.starter)
    assert "/list/" not in text(buyer.get("/saved/")).split("<main")[1].split("</main>")[0]


def test_move_puts_one_into_the_basket_and_takes_it_off(shop, buyer, user):
    save(buyer, shop.starter, shop.lubricant)
    assert buyer.post("/saved/move/", {"variant": shop.starter.pk})["Location"] == "/basket/"
    line = CheckoutLine.objects.get()
    assert (line.variant_id, line.quantity) == (shop.starter.pk, 1)
    assert saved_by(user) == [shop.lubricant.pk]


def test_what_cannot_be_had_stays_on_the_list(shop, buyer, user):
    save(buyer, shop.starter)
    shop.starter.stocks.update(quantity=0)
    assert buyer.post("/saved/move/", {"variant": shop.starter.pk}).status_code == 409
    assert saved_by(user) == [shop.starter.pk]
    assert "Move to the basket" not in text(buyer.get("/saved/"))


def test_remove_one_and_all(shop, buyer, user):
    save(buyer, shop.starter, shop.lubricant)
    buyer.post("/saved/remove/", {"variant": shop.lubricant.pk})
    assert saved_by(user) == [shop.starter.pk]
    buyer.post("/saved/remove/", {"everything": "1"})
    assert saved_by(user) == []


def test_nobody_changes_or_sees_anothers_list(shop, buyer, user):
    save(buyer, shop.starter)
    for who in (wrong_customer(headers=OWN), Client(headers=OWN), in_role("Packer", headers=OWN)):
        assert shop.starter.product.name not in text(who.get("/saved/")).split("<main")[1]
        who.post("/saved/remove/", {"everything": "1"})
        who.post("/saved/remove/", {"variant": shop.starter.pk})
        who.post("/saved/move/", {"variant": shop.starter.pk})
    assert saved_by(user) == [shop.starter.pk]


@pytest.mark.parametrize("path", ["add", "rows", "remove", "move"])
def test_forms_of_other_sites_are_refused(shop, user, path):
    foreign = customer(user, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.post(f"/saved/{path}/", {"variant": shop.starter.pk}).status_code == 403
    assert foreign.get(f"/saved/{path}/").status_code == 405
    assert saved_by(user) == []


def test_what_customers_may_not_see_is_not_saved(shop, buyer, user):
    shop.lubricant.product.is_published = False
    shop.lubricant.product.save()
    save(buyer, shop.lubricant)
    buyer.post("/saved/add/", {"variant": ["999999", "x", "9" * 30]})
    assert saved_by(user) == []


def test_list_has_an_end(shop, user):
    SavedVariant.objects.bulk_create(
        SavedVariant(user=user, variant=variant, saved_at=timezone.now() - timedelta(days=1))
        for variant in _many(shop, MAX_SAVED)
    )
    save_variants(user_id=user.pk, variant_ids=[shop.starter.pk])
    kept = saved_by(user)
    assert (len(kept), kept[0]) == (MAX_SAVED, shop.starter.pk)


def _many(shop, count):
    product = shop.starter.product
    return [product.variants.create(sku=f"more-{number}") for number in range(count)]


def test_export_erasure_and_retention(shop, buyer, user):
    save(buyer, shop.starter, shop.lubricant)
    names = [each["name"] for each in account_data(user.pk)["saved_for_later"]]
    assert sorted(names) == sorted([shop.lubricant.product.name, shop.starter.product.name])
    old = timezone.now() - timedelta(days=366)
    SavedVariant.objects.filter(variant=shop.lubricant.pk).update(saved_at=old)
    assert delete_old_saved() == 1
    assert saved_by(user) == [shop.starter.pk]
    delete_account(user_id=user.pk)
    assert SavedVariant.objects.count() == 0


def test_buttons_stand_on_product_pages_and_lists(shop):
    guest = Client()
    for path in (f"/sets/{shop.starter.product.slug}/", "/sets/", "/care/"):
        assert 'formaction="/saved/add/"' in text(guest.get(path))

"""Searching products and guides together, in the real catalogue."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from saleor.product.models import Product

from product_content.catalogue.loading import load_catalogue
from product_content.models import Guide, SearchDocument, SearchGroup
from product_content.search.indexing import (
    index_guides,
    index_products,
    index_words,
    rebuild_search,
)
from product_content.search.results import PLACES, place_url
from product_content.search.selectors import search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def urls(text):
    return [hit.url.partition("?")[0] for hit in search(text).products]


def guides(text):
    return [hit.url for hit in search(text).guides]


def test_a_mistyped_trainer_in_size_3_finds_the_right_singles_and_sets():
    result = search("trainner size 3")
    assert result.notes == ("No “trainner” here: showing “trainer”.",)
    assert result.products[0].card.slug == "smooth-single"
    assert result.products[0].option.size.number == 3
    assert (
        result.products[0].url == f"/singles/smooth-single/?option={result.products[0].option.id}"
    )
    kinds = {hit.card.kind for hit in result.products}
    assert kinds == {"singles", "sets"}
    assert all(3 in {size.number for size in hit.card.sizes} for hit in result.products)
    having = Product.objects.filter(set_sizes__size__number=3).count()
    assert sum(hit.card.kind == "sets" for hit in result.products) == having


@pytest.mark.parametrize(
    "typed", ["trainer", "dilatr", "dilaotr", "cone", "vaginal trainer", "DILATORS"]
)
def test_dilators_are_found_by_all_their_names_and_with_a_letter_wrong(typed):
    assert "/sets/starter-set-sizes-1-3/" in urls(typed)


@pytest.mark.parametrize("missing", range(len("lubricant")))
def test_lubricant_is_found_with_any_one_letter_missing(missing):
    typed = "lubricant"[:missing] + "lubricant"[missing + 1 :]
    assert {"/care/everyday-gel/", "/care/gentle-gel/"} <= set(urls(typed))


def test_a_vibrator_is_a_personal_massager():
    assert urls("vibrator") == urls("personal massager") == ["/care/personal-massager/"]


def test_a_width_finds_its_size_and_several_sizes_a_set():
    assert urls("0.9 inch") == urls("23 mm") == urls("size 4")
    assert urls("sizes 1 to 3")[0] == "/sets/starter-set-sizes-1-3/"


def test_guides_are_found_with_products_and_come_first_when_they_fit_better():
    result = search("breathing")
    assert result.order[0] == "guides"
    assert result.guides[0].url == "/guides/relaxing-and-breathing/"
    assert "<mark>" in result.guides[0].snippet
    assert "/guides/magnets/" in guides("pacemaker") or any(
        "magnet" in url for url in guides("pacemaker")
    )


def test_nobody_finds_a_product_by_what_it_is_not_studied_for():
    assert urls("pregnancy") == []


def test_words_that_do_not_go_together_find_what_has_some_of_them():
    result = search("pouch xyzzyq")
    assert result.notes[-1] == "Nothing has all of these words. Here is what has some of them."
    assert result.products[0].card.slug == "carry-pouch"


@pytest.mark.parametrize(
    "text", ["", "   ", "xyzzyq", "'", "%", "a'b\\ & | ! :* ()", "\x00", "the", "size 77"]
)
def test_what_finds_nothing_is_an_empty_answer(text):
    assert search(text).total == 0


def test_a_hidden_product_or_guide_is_not_found():
    Product.objects.filter(slug="carry-pouch").update(is_published=False)
    Guide.objects.filter(slug="relaxing-and-breathing").update(is_published=False)
    assert "/care/carry-pouch/" not in urls("pouch")
    assert "/guides/relaxing-and-breathing/" not in guides("breathing")


def test_staff_changes_are_found_once_indexed():
    product = Product.objects.get(slug="carry-pouch")
    Product.objects.filter(pk=product.pk).update(name="Quiet satchel")
    guide = Guide.objects.get(slug="relaxing-and-breathing")
    guide.title = "Humming quietly"
    guide.save()
    index_products(product_ids=[product.pk])
    index_guides(guide_ids=[guide.pk])
    assert urls("satchel") == urls("sachel") == ["/care/carry-pouch/"]
    assert guides("humming")[0] == "/guides/relaxing-and-breathing/"


def test_loading_again_leaves_the_documents_alone():
    load_catalogue()
    before = set(SearchDocument.objects.values_list("pk", flat=True))
    load_catalogue()
    assert set(SearchDocument.objects.values_list("pk", flat=True)) == before
    assert rebuild_search() == len(before)


@pytest.mark.parametrize("text", ["trainner size 3", "pouch xyzzyq", "breathing", "<script>"])
def test_a_search_takes_at_most_ten_statements(text):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        search(text)
    assert len(asked) <= 10


def test_the_page_escapes_what_was_typed_and_keeps_it_nowhere(client, caplog):
    caplog.set_level(logging.DEBUG)
    typed = '<script>alert("vaginismus")</script>'
    response = client.get("/search/", {"q": typed})
    assert typed not in response.content.decode()
    assert "&lt;script&gt;alert(&quot;vaginismus&quot;)&lt;/script&gt;" in response.content.decode()
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"
    ours = [record for record in caplog.records if record.name != "django.db.backends"]
    assert "vaginismus" not in "".join(record.getMessage() for record in ours)


def test_an_empty_search_says_what_to_try(client):
    page = client.get("/search/?q=xyzzyq").content.decode()
    assert "Nothing found" in page
    assert "What you could try" in page
    assert '<button form="tries" name="q" value="size 3">' in page


def sent_from(site="same-origin"):
    return {"headers": {"Sec-Fetch-Site": site}}


def test_what_is_searched_for_is_in_no_address_and_comes_back(client):
    answer = client.post("/search/", {"q": "breathing"}, **sent_from())
    assert (answer.status_code, answer["Location"]) == (303, "/search/")
    assert "breathing" not in str(answer.headers) + answer.cookies.output()
    cookie = answer.cookies["search"]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"]) == ("/search/", "", True)
    for _ in range(2):
        page = client.get("/search/").content.decode()
        assert 'value="breathing"' in page
        assert "<title>Search · Stillwater</title>" in page
        assert "/guides/relaxing-and-breathing/" in page


def test_while_typing_the_found_part_comes_at_once_and_nothing_moves(client):
    answer = client.post("/search/", {"q": "pouch"}, headers={
        "Sec-Fetch-Site": "same-origin", "HX-Request": "true",
    })  # fmt: skip
    assert answer.status_code == 200
    assert "/care/carry-pouch/" in answer.content.decode()
    assert not {"HX-Push-Url", "HX-Replace-Url"} & set(answer.headers)
    client.post("/search/", {"q": "breathing"}, **sent_from())
    assert len(client.cookies) == 1, "one browser has one search"
    assert "/care/carry-pouch/" not in client.get("/search/").content.decode()


def test_a_search_is_this_browsers_and_gone_once_it_left(client):
    client.post("/search/", {"q": "pouch"}, **sent_from())
    assert 'value="pouch"' not in Client().get("/search/").content.decode()
    client.post("/leave/", **sent_from())
    assert 'value="pouch"' not in client.get("/search/").content.decode()


def test_another_site_cannot_search_here(client):
    assert client.post("/search/", {"q": "pouch"}, **sent_from("cross-site")).status_code == 403
    assert client.get("/search/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_an_address_to_share_is_a_choice_that_says_what_it_keeps(client):
    client.post("/search/", {"q": "carry pouch"}, **sent_from())
    page = client.get("/search/").content.decode()
    assert 'href="/search/?q=carry%20pouch"' in page
    assert "your browser’s history keeps it once you open it" in page
    assert "/care/carry-pouch/" in Client().get("/search/?q=carry%20pouch").content.decode()


def test_words_that_staff_add_lead_customers_at_once():
    assert search("quokka").total == 0
    group = SearchGroup.objects.create(
        language="en", name="quokkas", words="quokka, small happy animal", leads_to="contact"
    )
    index_words()
    assert search("quokkas").first == search("a happy, small animal").first == place_url("contact")
    group.delete()
    index_words()
    assert search("quokka").total == 0


def test_what_staff_changed_in_the_words_stays_when_the_catalogue_is_loaded():
    SearchGroup.objects.filter(language="en", name="dilator").update(words="dilator, wobbler")
    load_catalogue()
    assert SearchGroup.objects.get(language="en", name="dilator").words == "dilator, wobbler"
    assert "/sets/starter-set-sizes-1-3/" in urls("wobbler")


def test_words_of_the_other_language_are_understood_too():
    assert urls("dilatadores")[0] == "/sets/starter-set-sizes-1-3/"
    with override("es"):
        result = search("lubricant")
        assert result.first == "/es/care/everyday-gel/"
        assert result.products[0].title == "Gel a base de agua para cada día"


def test_a_page_that_the_shop_does_not_have_is_replaced_by_the_next_best():
    assert place_url("sizes") == "/sizes/"
    for key in PLACES:
        assert place_url(key).startswith("/")


def test_an_implant_leads_to_the_warning_before_magnetic_goods(client):
    page = client.get("/search/?q=implant+magnetic+set").content.decode()
    assert page.index("/guides/about-magnets/") < page.index("/sets/magnetic-set")
    assert page.index('id="guides"') < page.index('id="products"')


@pytest.mark.parametrize(
    ("typed", "option"),
    [("sw-one-9", 9), ("SWONE9", 9), ("sw mag 2", 2), ("what is in SW-ONE-1", 1)],
)
def test_an_article_number_in_any_shape_finds_its_variant_alone(typed, option):
    [hit] = search(typed).products
    assert hit.option.size.number == option


def test_a_number_that_is_only_begun_counts_if_one_product_has_it():
    assert urls("SW-MAG") == ["/singles/magnetic-single/"]
    assert len(urls("SW-SET")) > 1


def test_the_number_of_a_hidden_product_finds_nothing():
    Product.objects.filter(slug="carry-pouch").update(is_published=False)
    assert "/care/carry-pouch/" not in urls("SW-POUCH")


def test_a_volume_is_answered_with_bottles_and_the_one_that_holds_as_much_is_chosen():
    hit, *others = search("150 ml").products
    assert (hit.card.slug, hit.option.name) == ("everyday-gel", "150 ml")
    assert {other.card.slug for other in others} == {"gentle-gel"}
    assert urls("16 ml") == ["/care/everyday-gel/", "/care/gentle-gel/"]
    assert urls("100 millilitres")[0] == "/care/gentle-gel/"


def test_an_implant_stays_the_first_answer_beside_a_number_or_a_volume():
    assert search("SW-MAG-1 with a pacemaker").first == "/guides/about-magnets/"
    assert search("50 ml for a pacemaker").first == "/guides/about-magnets/"

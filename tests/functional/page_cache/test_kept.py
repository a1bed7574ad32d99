"""Public pages are rendered once per change, and are the same for everybody."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from freezegun import freeze_time
from saleor.account.models import User
from saleor.product.models import Product

from product_content.models import Guide, SetSize
from product_content.page_changes import kept_value, tables_read
from storefront.page_cache import OUR_PROXY, pages
from tests import personas
from tests.factories import UserFactory
from tests.functional.ordering.parallel import at_once
from tests.functional.page_cache.public import EVERY, PUBLIC, SAME_ORIGIN, SET, kept, text


def test_the_list_here_names_every_public_page():
    names = {
        f"{pattern.name}"
        for pattern in get_resolver("storefront.urls").url_patterns
        if hasattr(getattr(pattern, "callback", None), "public_parameters")
    }
    assert names == set(PUBLIC)


def differing(one, other):
    """Return the names of the headers that two answers do not share."""
    return {name for name, _ in set(one.headers.items()) ^ set(other.headers.items())}


@pytest.mark.parametrize("path", [path for path in EVERY if not path.endswith(".atom")])
def test_each_public_page_is_rendered_once(shop, client, rendered, path):
    first, second = client.get(path), client.get(path)
    assert (first.status_code, len(rendered), kept()) == (200, 1, 1)
    assert second.content == first.content
    assert differing(first, second) <= {"X-Request-ID", OUR_PROXY}
    assert second.headers["Content-Language"] == ("es" if path.startswith("/es/") else "en")


@pytest.mark.parametrize("path", ["/basket/", "/search/", "/search/?q=set", "/account/login/"])
def test_what_is_somebodys_own_is_not_kept(shop, client, path):
    assert client.get(path).status_code == 200
    assert kept() == 0


@pytest.mark.parametrize(
    "refused",
    [
        {"path": "/sets/none-such/"},
        {"path": "/sets/?size=%00"},
        {"path": "/sets/?" + "x" * 4100},
        {"path": "/", "CONTENT_LENGTH": "99999999"},
    ],
)
def test_what_is_refused_is_refused_each_time_and_not_kept(shop, client, refused):
    path, environ = refused["path"], {k: v for k, v in refused.items() if k != "path"}
    answers = [client.get(path, **environ) for _ in range(2)]
    assert {answer.status_code for answer in answers} <= {400, 404, 413}
    assert kept() == 0


def test_a_foreign_host_is_refused_though_the_page_is_kept(shop, client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert client.get("/", headers={"Host": "testserver"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_plain_http_is_redirected_though_the_page_is_kept(shop, client, settings):
    settings.SECURE_SSL_REDIRECT = True
    secure = Client()
    assert secure.get("/", secure=True).status_code == 200
    assert secure.get("/").status_code == 301


def test_a_kept_page_has_every_header_of_a_new_one(shop, client):
    client.get("/")
    answer = client.get("/")
    assert answer.headers["Content-Security-Policy"].count("default-src 'none'") == 1
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


SECRETS = ["mary.secret@example.org", "Maryam", "WELCOME-MARY", "203.0.113.77", "Bearer-Mary"]


def visitors(shop):
    """Return browsers of all sorts of people, with all sorts of things in them."""
    guest, other = Client(headers=SAME_ORIGIN), Client(headers=SAME_ORIGIN)
    for client, variant in ((guest, shop.starter), (other, shop.lubricant)):
        client.post("/basket/add/", {"variant": variant.pk, "quantity": 2})
        client.post("/search/", {"q": "Maryam"})
    left = Client(headers=SAME_ORIGIN)
    left.post("/leave/")
    customer = personas.customer(UserFactory(email=SECRETS[0], first_name="Maryam"))
    forged = Client()
    forged.cookies.load(dict.fromkeys(("sid", "basket", "orders", "form", "search"), "Maryam"))
    return [Client(), guest, other, left, customer, forged, personas.owner()]


HEADERS = [
    {"HX-Request": "true", "HX-Current-URL": "http://testserver/?Maryam", "HX-Target": "browse"},
    {"Accept-Language": "es-MX,de;q=0.5", "User-Agent": "Maryam"},
    {"Authorization": "Basic Bearer-Mary", "Referer": "http://testserver/account/?Maryam"},
    {"X-Forwarded-For": "203.0.113.77", "X-Request-ID": "Maryam", "Accept": "application/json"},
    {"Save-Data": "on", "Sec-GPC": "1", "DNT": "1", "Cookie2": "Maryam", "From": SECRETS[0]},
]
ASKED = ["", "code=WELCOME-MARY", "utm_source=Maryam&email=mary.secret@example.org", "quiet=1"]


def test_no_personal_byte_is_ever_kept(shop):
    draw, people = random.Random(15), visitors(shop)  # noqa: S311  no secret
    shown = {}
    for path in draw.sample(EVERY, len(EVERY)) * 3:
        wish = {k: v for each in draw.sample(HEADERS, 2) for k, v in each.items()}
        asked = path + ("&" if "?" in path else "?") + draw.choice(ASKED)
        answer = draw.choice(people).get(asked, headers=wish)
        assert not answer.cookies, path
        assert shown.setdefault(path, answer.content) == answer.content, path
    everything = b"".join(
        repr((key, page.headers, page.bodies)).encode()
        for shelf in (pages().plain, pages().asked)
        for key, page in shelf.items()
    )
    assert [word for word in SECRETS if word.encode() in everything] == []
    tokens = {cookie.value for client in people for cookie in client.cookies.values()}
    assert [t for t in tokens - {"1", "Maryam", "en"} if t.encode() in everything] == []
    pages.cache_clear()
    assert {path: Client().get(path).content for path in shown} == shown


def test_unknown_parameters_make_no_new_pages(shop, client, rendered):
    first = client.get("/sets/?size=2").content
    for query in ("size=2&utm_source=x", "fbclid=1&size=2", "from_mm=&size=2&sort=", "x&size=2&y="):
        assert client.get(f"/sets/?{query}").content == first
    for number in range(20):
        client.get(f"/?page={number}")
    assert (len(rendered), kept()) == (2, 2)


def test_parameters_in_another_order_are_the_same_page(shop, client, rendered):
    assert (
        client.get("/sets/?size=2&magnetic=no").content
        == client.get("/sets/?magnetic=no&size=2").content
    )
    assert len(rendered) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_a_page_once_and_once_more_after_a_change(shop, rendered):
    look = lambda: Client().get(SET)  # noqa: E731
    assert {answer.status_code for answer in at_once(*[look] * 20)} == {200}
    assert len(rendered) == 1
    Product.objects.filter(slug="starter-set").update(name="Newly named set")
    answers = at_once(*[look] * 20)
    assert len(rendered) == 2
    assert "Newly named set" in text(look())
    assert {b"Newly named set" in answer.content for answer in answers} <= {True, False}


@pytest.mark.django_db(transaction=True)
def test_a_change_elsewhere_renders_no_page_that_does_not_show_it(shop, client, rendered):
    for path in ("/guides/", "/privacy/", SET):
        client.get(path)
    shop.set_stock(shop.starter, 1)
    for path in ("/guides/", "/privacy/", SET):
        client.get(path)
    assert len(rendered) == 4


def reads_of_all_sets(queries):
    return [query for query in queries if "array_agg(size_id ORDER BY size_id)" in query["sql"]]


def test_a_sale_makes_lists_anew_of_what_is_known_of_the_products(shop, client):
    assert "Sold out" not in text(client.get("/sets/"))
    shop.set_stock(shop.starter, 0)
    with CaptureQueriesContext(connection) as queries:
        pages_of_lists = [text(client.get(path)) for path in ("/sets/", "/", "/sizes/")]
    assert "Sold out" in pages_of_lists[0]
    assert reads_of_all_sets(queries.captured_queries) == []


@pytest.mark.parametrize("path", ["/sets/", "/", "/sizes/", "/sets/compare/", "/es/sets/"])
def test_a_page_made_of_what_another_one_read_shows_the_next_change_too(shop, client, path):
    for each in ("/", "/sets/", "/sizes/", "/sets/compare/", "/es/sets/", path):
        client.get(each)
    before = client.get(path).content
    SetSize.objects.filter(product=shop.starter.product).exclude(size__number=1).delete()
    after = client.get(path).content
    assert after != before
    pages.cache_clear()
    assert client.get(path).content == after


def test_a_new_day_brings_what_is_published_on_it(shop, client):
    tomorrow = timezone.localdate() + timedelta(days=1)
    Product.objects.filter(pk=shop.full.product_id).update(publication_date=tomorrow)
    assert "Full range" not in text(client.get("/sets/"))
    shop.set_stock(shop.starter, 9)
    assert "Full range" not in text(client.get("/sets/"))
    with freeze_time(timezone.now() + timedelta(days=1)):
        assert "Full range" in text(client.get("/sets/"))


def test_a_page_is_made_of_the_tables_that_its_values_are_made_of(db, django_assert_num_queries):
    known = pages().state().marks
    with django_assert_num_queries(1):
        for _ in range(2):
            with tables_read(known, pages().values) as tables:
                assert kept_value("guides", Guide.objects.count) == 0
            assert tables == {Guide._meta.db_table}


def test_a_value_of_tables_that_are_not_watched_is_read_each_time(db):
    def how_many():
        return kept_value("customers", User.objects.count)

    known = pages().state().marks
    with tables_read(known, pages().values) as tables:
        assert how_many() == 0
        UserFactory()
        assert how_many() == 1
    assert tables == {User._meta.db_table}
    assert (how_many(), pages().values) == (1, {})

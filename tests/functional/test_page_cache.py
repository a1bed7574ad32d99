"""Public pages are rendered once per change, the same for everybody, and never stale for a second."""

import gzip
import random
import re
from datetime import timedelta
from threading import Event, Thread

import brotli
import pytest
import zstandard
from django.db import connection
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from freezegun import freeze_time
from saleor.account.models import User
from saleor.discount import DiscountValueType
from saleor.discount.models import Sale
from saleor.product.models import Product
from saleor.warehouse.models import Stock

from plugins.ordering.placing import place_order
from product_content import selectors
from product_content.models import Guide, SetSize
from product_content.page_changes import DAY, kept_value, marks, tables_read
from product_content.pages import PAGES
from storefront import kept_pages, page_cache
from storefront.kept_pages import Pages
from storefront.page_cache import CACHE_CONTROL, OUR_PROXY, pages, wanted_coding
from tests import personas
from tests.factories import UserFactory, basket
from tests.functional.ordering.parallel import at_once

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SET = "/sets/starter-set/"
PUBLIC = {  # by the names of their addresses: every public page, with parameters that it knows
    "home": ["/"],
    "privacy": ["/privacy/"],
    "health_data": ["/privacy/health-data/"],
    "compare": ["/sets/compare/", "/sets/compare/?set=starter-set&set=full-range"],
    "sets": [
        "/sets/",
        "/sets/?page=2",
        "/sets/?size=2",
        "/sets/?size=9&from_mm=38&magnetic=yes&in_stock=on",
    ],
    "set": [SET, f"{SET}?option=1"],
    "singles": ["/singles/"],
    "single": ["/singles/smooth-single/"],
    "care": ["/care/"],
    "care_product": ["/care/water-based-lubricant/"],
    "sizes": ["/sizes/"],
    "finder": ["/finder/"],
    "guides": ["/guides/"],
    "guide": ["/guides/first-session/"],
    "how_we_know": ["/how-we-know/"],
    "help": ["/help/"],
    "help_country": ["/help/gb/"],
    "letter": ["/letter/"],
    "plan": ["/plan/"],
    "sitemap": ["/sitemap.xml"],
    "sitemap_section": ["/sitemap/products.xml"],
    "new_list": ["/list/"],
    "gift_cards": ["/gift-cards/"],
    "guide_feed": ["/guides/feed.atom"],
    "news": ["/news/"],
    "news_feed": ["/news/feed.atom"],
    "news_item": [],  # there is none without an item: see test_news.py
    "contact_sent": ["/contact/sent/"],
    **{slug: [f"/{slug}/"] for slug in PAGES if slug != "contact"},
}
ENGLISH = [path for paths in PUBLIC.values() for path in paths]
EVERY = [*ENGLISH, *(f"/es{path}" for path in ENGLISH)]


def kept():
    """Return how many pages are kept."""
    return len(pages().plain) + len(pages().asked)


@pytest.fixture
def rendered():
    """The names of the templates of whole pages that are rendered, in any thread."""
    names = []

    def note(template, **_):
        if template.name in {"storefront/base.html", "storefront/sitemap.xml"}:
            names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def clock(monkeypatch, settings):
    """The clock by which pages grow old, as `clock[0]` in seconds; a live shop's pause."""
    settings.PAGE_CHECK_SECONDS = 0.25
    now = [1000.0]
    monkeypatch.setattr(kept_pages, "monotonic", lambda: now[0])
    return now


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


# --- every public page, and nothing but -------------------------------------------------
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


# --- nothing personal ---------------------------------------------------------------------
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


# --- one render per change -----------------------------------------------------------------
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


# --- what several pages are made of ---------------------------------------------------------
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


# --- nothing stale after a second -----------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_last_piece_that_is_sold_is_gone_from_the_page_within_a_second(shop, clock, rendered):
    shop.set_stock(shop.starter, 1)
    look = lambda: text(Client().get(SET))  # noqa: E731
    assert all("Add to basket" in page for page in at_once(*[look] * 6))
    assert len(rendered) == 1
    place_order(checkout_token=basket((shop.starter, 1)).pk)
    clock[0] += 0.2
    look()  # another page may be seen until the database is asked again
    clock[0] += 0.75
    seen = at_once(*[look] * 12)
    assert ["We do not have it at the moment" in page for page in seen] == [True] * 12
    assert len(rendered) == 2


@pytest.mark.django_db(transaction=True)
def test_while_one_renders_others_get_the_old_page_for_less_than_a_second(shop, clock, monkeypatch):
    client, begun, go_on = Client(), Event(), Event()
    assert "Add to basket" in text(client.get(SET))
    shop.set_stock(shop.starter, 0)
    real = selectors.get_product

    def slowly(*arguments):
        begun.set()
        assert go_on.wait(30)
        return real(*arguments)

    monkeypatch.setattr(selectors, "get_product", slowly)
    clock[0] += 0.3
    answers = {}

    def look(who):
        answers[who] = text(Client().get(SET))
        connection.close()

    first = Thread(target=look, args=["first"])
    first.start()
    assert begun.wait(30)
    look("meanwhile")
    assert "Add to basket" in answers["meanwhile"]
    clock[0] += 0.65
    late = Thread(target=look, args=["late"])
    late.start()
    late.join(0.2)
    assert late.is_alive()  # it waits for the new page rather than show the old one
    go_on.set()
    first.join(30)
    late.join(30)
    assert "We do not have it" in answers["first"]
    assert "We do not have it" in answers["late"]


def test_whoever_writes_by_whatever_means_is_seen(shop, client):
    assert "Your first session" in text(client.get("/guides/"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE product_content_guide SET title = 'By hand'")
    assert "By hand" in text(client.get("/guides/"))
    Guide.objects.all().delete()
    assert "By hand" not in text(client.get("/guides/"))


def test_each_process_sees_what_another_one_changed(shop, client, monkeypatch):
    processes = [Pages(1_000_000), Pages(1_000_000)]

    def seen_by_each():
        for process in processes:
            monkeypatch.setattr(page_cache, "pages", lambda process=process: process)
            yield "We do not have it" in text(client.get(SET))

    assert list(seen_by_each()) == [False, False]
    shop.set_stock(shop.starter, 0)
    assert list(seen_by_each()) == [True, True]
    assert [len(process.plain) for process in processes] == [1, 1]


def test_a_sale_begins_and_ends_on_the_page_by_the_clock(shop, client, rendered):
    begin = timezone.now() + timedelta(hours=1)
    sale = Sale.objects.create(
        name="Short", type=DiscountValueType.PERCENTAGE, value=50, start_date=begin,
        end_date=begin + timedelta(minutes=5),
    )  # fmt: skip
    sale.products.add(shop.starter.product)
    prices = []
    for minutes in (-1, 1, 4, 6):
        with freeze_time(begin + timedelta(minutes=minutes)):
            prices.append("£19.50" in text(client.get(SET)))
    assert prices == [False, True, True, False]


def test_a_product_comes_on_its_day(shop, client):
    Product.objects.filter(slug="starter-set").update(publication_date="2031-05-02")
    found = []
    for day in ("2031-05-01", "2031-05-02"):
        with freeze_time(f"{day} 12:00"):
            found.append("Starter set" in text(client.get("/sets/")))
    assert found == [False, True]


def test_what_is_rolled_back_was_never_shown(shop, client):
    before = client.get(SET).content
    point = connection.savepoint()
    shop.set_stock(shop.starter, 0)
    assert client.get(SET).content != before
    connection.savepoint_rollback(point)
    assert client.get(SET).content == before


# --- every table that pages read is watched ---------------------------------------------------
def test_every_table_that_a_public_page_reads_is_watched(catalogue, client):
    addresses = re.findall(r"<loc>http://testserver(.*?)</loc>", text(client.get("/sitemap.xml")))
    Sale.objects.create(name="All", value=5)
    watched, read = set(marks()), set()
    for path in {*EVERY, *addresses}:
        with tables_read() as tables:
            client.get(path)
        read |= tables
    assert read - watched == set()
    assert {"warehouse_stock", "warehouse_allocation", "product_content_guide"} <= read


def test_each_watched_table_tells_of_each_write(db):
    for table in set(marks()) - {DAY}:
        before = marks()
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE false")  # noqa: S608  our own name
        after = marks()
        assert [name for name in after if after[name] != before[name]] == [table]


def test_a_page_of_a_table_that_is_not_watched_is_not_kept(shop, client, monkeypatch, caplog):
    real = selectors.list_guides
    monkeypatch.setattr(selectors, "list_guides", lambda: UserFactory() and real())
    assert client.get("/guides/").status_code == 200
    assert kept() == 0
    assert "not watched: ['account_user']" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_do_not_wait_for_each_other_and_all_count(shop):
    before, stocks = marks(), list(Stock.objects.all())

    def sell(stock):
        Stock.objects.filter(pk=stock.pk).update(quantity=3)

    at_once(*[lambda stock=stock: sell(stock) for stock in stocks * 3])
    assert marks()["warehouse_stock"][0] == before["warehouse_stock"][0] + 3 * len(stocks)


# --- what may fail ------------------------------------------------------------------------
def test_pages_come_without_valkey(shop, client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert {client.get(path).status_code for path in ENGLISH * 2} == {200}


def test_what_is_kept_has_a_limit_in_bytes_and_wishes_do_not_push_out_the_rest(
    shop, client, settings, rendered
):
    settings.PAGE_CACHE_BYTES = 400_000
    client.get("/")
    for number in range(1, 60):
        client.get(f"/sets/?max_price={number}")
    assert sum(page.size for _, page in pages().asked.items()) <= 100_000
    before = len(rendered)
    client.get("/")
    assert len(rendered) == before


# --- HTTP ---------------------------------------------------------------------------------
def test_a_page_may_be_sent_by_a_proxy_for_a_second_and_is_asked_for_by_a_browser(shop, client):
    answer = client.get("/")
    assert answer.headers["Cache-Control"] == CACHE_CONTROL
    assert CACHE_CONTROL == "public, max-age=0, s-maxage=0, stale-while-revalidate=1"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_our_proxy_is_told_the_second_in_which_the_page_was_last_true(shop, client, monkeypatch):
    clock = [1_900_000_000.9]
    monkeypatch.setattr(kept_pages, "monotonic", lambda: clock[0] - 1_000)
    monkeypatch.setattr(kept_pages, "time", lambda: clock[0])
    etag = client.get("/").headers["ETag"]
    page = next(page for _, page in pages().plain.items())
    assert client.get("/").headers[OUR_PROXY] == "@1900000000"
    clock[0] += 0.2
    assert page.last_second == 1_900_000_000  # known to be true in the second before
    for known in ("", etag):
        answer = client.get("/", headers={"If-None-Match": known})
        assert answer.headers[OUR_PROXY] == "@1900000001"


def test_the_database_is_asked_anew_when_the_clocks_second_ends(shop, client, clock, monkeypatch):
    monkeypatch.setattr(kept_pages, "time", lambda: clock[0])
    clock[0] = 1000.95
    told = [client.get("/").headers[OUR_PROXY] for clock[0] in (1000.96, 1000.99, 1001.01)]
    assert told == ["@1000", "@1000", "@1001"]


def test_who_has_the_page_already_is_told_so(shop, client):
    etag = client.get("/").headers["ETag"]
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        answer = client.get("/", headers={"If-None-Match": known, "Accept-Encoding": "br"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == CACHE_CONTROL
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200
    Guide.objects.update(title="Another title")
    changed = client.get("/", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


DECODED = {
    "": lambda data: data,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstandard.decompress,
}


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("zstd;q=0, br;q=0, gzip", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("gzip;q=0, *;q=0", ""),
        ("*", "zstd"),
        ("br;q=x", ""),
        ("deflate", ""),
    ],
)
def test_a_page_is_compressed_as_asked(shop, client, accept, coding):
    answer = client.get("/", headers={"Accept-Encoding": accept} if accept else {})
    assert wanted_coding(accept) == coding
    assert answer.headers.get("Content-Encoding", "") == coding
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    plain = text(client.get("/"))
    assert re.sub(r"\s+", "", DECODED[coding](answer.content).decode()) == plain.replace(" ", "")


def test_only_the_head_may_be_asked_for(shop, client):
    whole, head = client.get("/"), client.head("/")
    assert (head.status_code, head.content, kept()) == (200, b"", 1)
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_a_page_is_compressed_once(shop, client, monkeypatch):
    compressed = []
    monkeypatch.setattr(brotli, "compress", lambda data, **_: compressed.append(data) or b"x")
    for _ in range(3):
        assert client.get("/", headers={"Accept-Encoding": "br"}).content == b"x"
    assert len(compressed) == 1

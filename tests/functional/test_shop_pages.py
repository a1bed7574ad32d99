"""Who is behind the shop: its own pages, the contact form, delivery and returns, old addresses."""

import re
import time

import pytest
from django.core import mail
from django.test import Client
from saleor.account.models import Address
from saleor.product.models import Product
from saleor.shipping.models import ShippingMethod
from saleor.site.models import SiteSettings

from plugins.order_emails import customer_messages
from plugins.order_emails.customer_messages import MAX_SECONDS, MIN_SECONDS, form_seal
from plugins.order_emails.models import CustomerMessage, OutgoingEmail
from product_content.models import DeliveryTime, FormerSlug, Guide, PageText
from product_content.pages import PAGES, default_words, page_problems
from storefront.limits import MAX_REQUESTS
from tests import personas

OWN = {"Sec-Fetch-Site": "same-origin"}
SENSITIVE = ("dilator", "vagin", "pelvic", "dilatador")


def words(response):
    """Return what is read of a page, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def title(response):
    (found,) = re.findall(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)
    return " ".join(found.split())


@pytest.fixture
def visitor():
    return Client(headers=OWN)


def message(**fields):
    ready = form_seal(time.time() - MIN_SECONDS - 1)
    return {"email": "a@example.org", "text": "Is it late?", "website": "", "seal": ready} | fields


@pytest.mark.parametrize("slug", PAGES)
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_each_page_opens_from_the_footer_with_a_neutral_title(shop, client, slug, prefix):
    assert f'href="{prefix}/{slug}/"' in client.get(f"{prefix}/privacy/").content.decode()
    page = client.get(f"{prefix}/{slug}/")
    assert page.status_code == 200
    assert not page.cookies
    assert not [word for word in SENSITIVE if word in title(page).lower()]
    assert "{" not in words(page).split("Skip to")[-1].split("General information")[0]


@pytest.mark.parametrize("slug", PAGES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_words_that_the_shop_comes_with_could_be_saved(slug, language):
    assert page_problems(default_words(slug, language)) == {}


def test_the_address_of_the_shop_is_printed_or_marked_as_missing(shop, client):
    assert "Not written yet: the address of the shop" in words(client.get("/contact/"))
    address = Address.objects.create(
        company_name="Quiet Ltd", street_address_1="2 *Bell* Row", city="Leeds",
        postal_code="LS1 1AA", country="GB",
    )  # fmt: skip
    SiteSettings.objects.update(company_address=address)
    page = words(client.get("/contact/"))
    assert "Quiet Ltd, 2 *Bell* Row, LS1 1AA Leeds, United Kingdom" in page
    assert "the address of the shop" not in page


def test_the_zones_of_the_catalogue_are_named_in_the_language_of_the_page(catalogue, client):
    page = words(client.get("/es/delivery/"))
    assert "América del Norte y Australia" in page
    for name in ("Europe ", "North America", "Gulf"):
        assert name not in page


def test_delivery_is_worked_out_from_the_zones(shop, client):
    DeliveryTime.objects.create(method=shop.courier, min_days=2, max_days=4)
    ShippingMethod.objects.create(
        name="Free", type="price", price_amount=0, minimum_order_price_amount=60,
        shipping_zone=shop.courier.shipping_zone,
    )  # fmt: skip
    page = words(client.get("/delivery/"))
    assert "Tracked 48 2 to 4 working days of any sum £3.50" in page
    assert "from £60.00 on Free" in page
    assert page.index("UK") < page.index("North America")
    line = "Delivery to United Kingdom from £3.50, 2 to 4 working days. Free from £60.00 on."
    assert line in words(client.get("/sets/starter-set/"))
    ShippingMethod.objects.filter(pk=shop.courier.pk).update(price_amount=5)
    assert "£5.00" in words(client.get("/delivery/"))


def test_returns_print_the_days_of_the_settings_on_product_basket_and_page(shop, visitor, settings):
    settings.RETURN_DAYS = 30
    visitor.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    for address in ("/sets/starter-set/", "/basket/"):
        assert "You can send it back unopened within 30 days" in words(visitor.get(address))
    page = words(visitor.get("/returns/"))
    assert "You have 30 days to change your mind" in page
    assert "cancel your order within 30 days" in page
    assert "I/We (*) hereby give notice" in page


def test_a_message_is_kept_for_staff_who_are_told_nothing_of_it(shop, visitor, settings):
    settings.STAFF_EMAILS = ["owner@example.org"]
    answer = visitor.post("/contact/", message(text="My name is Ada."))
    assert (answer.status_code, answer["Location"]) == (303, "/contact/sent/")
    kept = CustomerMessage.objects.get()
    assert (kept.email, kept.text, kept.order) == ("a@example.org", "My name is Ada.", None)
    assert OutgoingEmail.objects.get().kind == "customer_message"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "no"}, 422),
        ({"text": " "}, 422),
        ({"seal": "forged"}, 422),
        ({"seal": form_seal}, 422),  # made at this moment: nobody types so fast
        ({"seal": form_seal(time.time() - MAX_SECONDS - 60)}, 422),
    ],
)
def test_a_message_that_is_refused_keeps_what_was_typed(shop, visitor, change, status):
    change = {name: value() if callable(value) else value for name, value in change.items()}
    page = visitor.post("/contact/", message(text="A <b> long story") | change)
    assert page.status_code == status
    assert title(page).startswith("Error: ")
    assert "no-store" in page["Cache-Control"]
    if "text" not in change:
        assert "A &lt;b&gt; long story</textarea>" in page.content.decode()
    assert not CustomerMessage.objects.exists()
    seal = re.search(r'name="seal" value="(.*?)"', page.content.decode())[1]
    assert customer_messages.written_by_a_person(
        seal=seal, trap="", now=time.time() + MIN_SECONDS + 1
    ).allowed


def test_a_program_that_fills_in_the_trap_is_thanked_and_nothing_is_kept(shop, visitor):
    assert visitor.post("/contact/", message(website="https://spam.example")).status_code == 303
    assert not CustomerMessage.objects.exists()
    assert not OutgoingEmail.objects.exists()


def test_a_double_click_is_one_message_and_many_are_too_many(shop, visitor):
    for _ in range(2):
        visitor.post("/contact/", message(form_token="0123456789abcdef"))
    assert CustomerMessage.objects.count() == 1
    for _ in range(MAX_REQUESTS):
        last = visitor.post("/contact/", message())
    assert last.status_code == 429
    assert "Is it late?" in last.content.decode()


def test_another_site_cannot_send_a_message(shop, client):
    answer = client.post("/contact/", message(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not CustomerMessage.objects.exists()


@pytest.mark.django_db
def test_the_notice_to_staff_holds_nothing_of_the_message(settings, transactional_db):
    settings.STAFF_EMAILS = ["owner@example.org"]
    customer_messages.store_message(text="My name is Ada.", email="ada@example.org")
    (sent,) = mail.outbox
    assert sent.subject == "A message to answer"
    everything = f"{sent.body}{sent.alternatives}{sent.subject}".lower()
    assert not [word for word in ("ada", *SENSITIVE) if word in everything]
    assert "/staff/order_emails/customermessage/" in sent.body


def test_staff_read_a_message_and_note_the_answer(db):
    kept = CustomerMessage.objects.create(email="a@example.org", text="Is it late?")
    support = personas.in_role("Support")
    page = f"/staff/order_emails/customermessage/{kept.pk}/change/"
    listed = words(support.get("/staff/order_emails/customermessage/"))
    assert "Is it late?" not in listed
    assert "Not yet" in listed
    assert "Is it late?" in words(support.get(page))
    support.get(f"/staff/order_emails/customermessage/{kept.pk}/answered/")
    kept.refresh_from_db()
    assert kept.answered_at is None
    support.post(f"/staff/order_emails/customermessage/{kept.pk}/answered/")
    kept.refresh_from_db()
    assert kept.answered_by.email in words(support.get(page))


EDIT = "/staff/product_content/pagetext/about/en/"
WORDS = {"title": "Who we are", "lead": "Three people.", "body": "## Us\n\nIn {currency}.",
         "expected_version": 0, "do": "save"}  # fmt: skip


def test_an_editor_writes_previews_and_takes_back_a_page(shop, client):
    editor = personas.in_role("Content editor")
    preview = editor.post(EDIT, WORDS | {"do": "preview", "body": "Only [[me]] <script>x</script>"})
    assert "Not written yet: me" in words(preview)
    assert "<script>x" not in preview.content.decode()
    assert "About us" in words(client.get("/about/"))
    assert editor.post(EDIT, WORDS).status_code == 302
    assert "Us In GBP." in words(client.get("/about/"))
    assert title(client.get("/about/")).startswith("Who we are")
    spanish = words(client.get("/es/about/"))
    assert "Three people." in spanish  # and not the older words in Spanish
    assert editor.post(EDIT, WORDS).status_code == 422  # somebody saved meanwhile
    editor.post(EDIT, WORDS | {"expected_version": 1, "do": "reset"})
    assert "Who is behind this shop" in words(client.get("/about/"))
    assert "Quiénes somos" in words(client.get("/es/about/"))
    assert [row.version for row in PageText.objects.order_by("version")] == [1, 2]
    assert "Three people." in words(editor.get(f"{EDIT}?version=1"))


@pytest.mark.parametrize(
    "change",
    [{"title": "Dilators and us"}, {"body": "{nothing}"}, {"lead": ""}, {"title": "x" * 61}],
)
def test_a_page_that_tells_or_names_no_fact_is_refused(shop, change):
    editor = personas.in_role("Content editor")
    assert editor.post(EDIT, WORDS | change).status_code == 422
    assert not PageText.objects.exists()


def test_old_addresses_lead_to_the_new_ones_whoever_renamed(shop, client):
    Product.objects.filter(slug="starter-set").update(slug="small-set")
    moved = client.get("/sets/starter-set/?option=4")
    assert (moved.status_code, moved["Location"]) == (301, "/sets/small-set/?option=4")
    assert client.get("/es/sets/starter-set/")["Location"] == "/es/sets/small-set/"
    assert client.get("/care/small-set/")["Location"] == "/sets/small-set/"
    Product.objects.filter(slug="small-set").update(slug="starter-set")
    assert client.get("/sets/starter-set/").status_code == 200
    assert client.get("/sets/small-set/")["Location"] == "/sets/starter-set/"
    Product.objects.filter(slug="starter-set").update(is_published=False)
    assert client.get("/sets/small-set/").status_code == 404


def test_a_renamed_guide_is_found_and_its_old_slug_can_be_used_again(shop, client):
    guide = shop.guide
    guide.slug = "the-first-time"
    guide.save()
    assert client.get("/guides/first-session/")["Location"] == "/guides/the-first-time/"
    other = Guide.objects.exclude(pk=guide.pk).first() or Guide.objects.create(
        slug="x", title="X", summary="x", topic="using", audience="x", readers=["vaginismus"],
        when_to_stop="x", body_markdown="x", author="x",
    )  # fmt: skip
    other.slug = "first-session"
    other.save()
    assert client.get("/guides/first-session/").status_code == 200
    other.slug = "again"
    other.save()
    assert client.get("/guides/first-session/")["Location"] == "/guides/again/"
    assert FormerSlug.objects.filter(slug="first-session").count() == 1

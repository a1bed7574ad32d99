"""The shop's settings in the dashboard: who may change them, what they change, what is logged."""

import io
import re
import threading
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from saleor.checkout.models import Checkout
from saleor.order.models import Order
from saleor.warehouse.models import Allocation

from plugins.order_emails.outbox import queue_staff_email
from plugins.ordering.outcomes import OrdersPaused, shop_address
from plugins.ordering.placing import place_order
from product_content.colours import contrast
from product_content.models import ClosedPeriod, ShopSettings
from product_content.shop_settings import shop_facts
from tests import personas
from tests.factories import FakeProvider
from tests.functional.checkout.conftest import guest, guest_with  # noqa: F401  fixtures
from tests.functional.checkout.pages import words
from tests.shown import pay

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/staff/product_content/shopsettings/"
URL = f"{LIST}1/change/"
NO_PERIODS = {"closed_periods-TOTAL_FORMS": "0", "closed_periods-INITIAL_FORMS": "0"}
PAUSE = "We are moving house. Orders open again on Monday."
REFUSED = ("Support", "Packer", "Inventory keeper", "Content editor")


@pytest.fixture
def manager(shop):
    client = personas.in_role("Manager")
    assert client.get(LIST, follow=True).status_code == 200
    return client


def save(client, **fields):
    return client.post(URL, NO_PERIODS | fields)


def period(first, last, **fields):
    rows = {"first_day": first, "last_day": last, "notice": "Closed for a week.", **fields}
    named = {f"closed_periods-0-{name}": str(value) for name, value in rows.items()}
    return named | {"closed_periods-TOTAL_FORMS": "1", "closed_periods-0-shop": "1"}


def test_what_a_manager_sets_counts_at_once_and_is_logged_old_to_new(manager, shop):
    ShopSettings.objects.update(company="Old Mill Ltd")
    fields = {
        "name": "Quiet Water", "company": "Quiet Water SL", "contact_email": "ask@quiet.example",
        "sender_name": "Quiet Water", "staff_emails": "desk@quiet.example\nnight@quiet.example",
        "address": "Calle Mayor 1\n28013 Madrid\nSpain",
    }  # fmt: skip

    assert save(manager, **fields).status_code == 302

    assert shop_facts().name == "Quiet Water"
    assert shop_facts().sender == "Quiet Water <hello@stillwater.example>"
    assert shop_facts().staff_emails == ("desk@quiet.example", "night@quiet.example")
    assert shop_address() == "ask@quiet.example"
    assert "Quiet Water" in words(Client().get("/"))
    assert "Stillwater" not in words(Client().get("/"))
    assert queue_staff_email(kind="new_order", dedup_key="one") is not None
    logged = LogEntry.objects.get().get_change_message()
    assert "Company: “Old Mill Ltd” → “Quiet Water SL”" in logged
    assert "Shop's name: nothing → “Quiet Water”" in logged
    assert "Address: nothing → “Calle Mayor 1 / 28013 Madrid / Spain”" in logged


def test_e_mails_come_from_the_shops_name_until_they_have_a_sender_of_their_own(manager):
    save(manager, name="Quiet Water")
    assert shop_facts().sender == "Quiet Water <hello@stillwater.example>"


def test_the_page_says_what_counts_while_a_field_is_empty(manager, settings):
    settings.STAFF_EMAILS = ["desk@shop.example"]
    page = words(manager.get(URL))
    for said in ("Empty: Stillwater.", "Empty: hello@stillwater.example.", "desk@shop.example."):
        assert said in page
    for variable in ("SHOP_NAME", "DEFAULT_FROM_EMAIL", "STAFF_EMAILS"):
        assert variable not in page


def test_a_picture_that_a_refused_page_has_lost_is_asked_for_again(manager):
    response = save(manager, accent="#ffcc00", logo=logo())
    errors = response.context["adminform"].form.errors
    assert errors["logo"] == ["Choose the picture again: it was not kept."]
    assert "accent" in errors


def test_what_is_left_empty_comes_from_the_environment(manager, settings):
    settings.STAFF_EMAILS = ["desk@shop.example"]
    assert save(manager).status_code == 302

    facts = shop_facts()
    assert (facts.name, facts.sender) == (settings.SHOP_NAME, settings.DEFAULT_FROM_EMAIL)
    assert facts.staff_emails == ("desk@shop.example",)
    assert (facts.pause, facts.notices) == (None, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ring \N{RING}"),
        ("name", "S" * 36),
        ("sender_name", "A\r\nBcc: x@y.example"),
        ("contact_email", "nobody"),
        ("staff_emails", "desk@shop.example\nnobody"),
        ("company", "<b>Mill</b>"),
        ("address", "\n".join("1234567")),
        ("pause_message", "x" * 201),
    ],
)
def test_a_wrong_value_is_refused_and_changes_nothing(manager, field, value):
    response = save(manager, **{"company": "Mill Ltd", field: value})

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert ShopSettings.objects.get().company == ""
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("role", REFUSED)
def test_other_roles_can_neither_read_nor_change_them(manager, role):
    client = personas.in_role(role)

    assert client.get(LIST).status_code == client.get(URL).status_code == 403
    assert save(client, name="Mine").status_code == 403
    assert ShopSettings.objects.get().name == ""


def test_strangers_are_sent_to_the_log_in(manager):
    for response in (Client().get(URL), save(Client(), name="Mine")):
        assert response.status_code == 302
        assert response["Location"].startswith("/staff/login/")
    assert ShopSettings.objects.get().name == ""


def test_a_pause_refuses_an_order_and_nothing_is_lost(manager, guest):  # noqa: F811
    before = Checkout.objects.get()
    save(manager, paused="on", pause_message=PAUSE)

    for path in ("/basket/", "/checkout/address/", "/checkout/review/"):
        assert words(guest.get(path)).count(PAUSE) == 1
    assert 'action="/checkout/place/"' not in guest.get("/checkout/review/").content.decode()
    with pytest.raises(OrdersPaused, match="moving house"):
        place_order(checkout_token=before.pk)
    assert PAUSE in words(guest.post("/checkout/place/", {"shown": "anything"}))
    assert (Order.objects.count(), Allocation.objects.count(), FakeProvider.calls) == (0, 0, [])
    assert [line.quantity for line in Checkout.objects.get().lines.all()] == [1]

    save(manager)
    assert pay(guest).status_code == 303
    assert Order.objects.count() == 1


def test_an_order_from_before_the_pause_is_paid_as_if_there_were_none(manager, guest):  # noqa: F811
    shown = pay(guest).status_code
    save(manager, paused="on")

    order = place_order(checkout_token=Checkout.objects.get().pk)
    assert (shown, order.created, Order.objects.count()) == (303, False, 1)


def test_a_pause_waits_for_the_order_that_is_being_placed(manager, guest, monkeypatch):  # noqa: F811
    """Once the pause is saved, no order is made any more: the row is locked by who places one."""
    waited = threading.Event()

    def pause():
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
            try:
                ShopSettings.objects.update(paused=True)
            except Exception:  # noqa: BLE001  the lock is held, as it should be
                waited.set()
        connection.close()

    def in_the_middle(*_args, **_kwargs):
        thread = threading.Thread(target=lambda: _quietly(pause))
        thread.start()
        thread.join()
        return timedelta(minutes=30)

    monkeypatch.setattr("plugins.ordering.placing.usual_hold", in_the_middle)
    place_order(checkout_token=Checkout.objects.get().pk)

    assert waited.is_set()
    assert not ShopSettings.objects.get().paused


def _quietly(work):
    try:
        work()
    except Exception:  # noqa: BLE001  the transaction that could not get its lock
        connection.close()


def test_the_usual_words_of_a_pause_are_in_the_customers_language(manager, guest):  # noqa: F811
    save(manager, paused="on", pause_message=PAUSE, pause_message_es="Nos mudamos.")
    assert "Nos mudamos." in words(guest.get("/es/basket/"))
    save(manager, paused="on", pause_message=PAUSE)
    assert PAUSE not in words(guest.get("/es/basket/"))
    assert "no aceptamos pedidos nuevos" in words(guest.get("/es/basket/"))


def test_a_closed_period_is_announced_on_the_shops_pages_and_nothing_leaves_in_it(manager, shop):
    today = timezone.localdate()
    first, last = today + timedelta(days=3), today + timedelta(days=9)
    assert save(manager, **period(first, last, announced_on=today)).status_code == 302

    for path in ("/", "/sets/", "/basket/"):
        assert words(Client().get(path)).count("Closed for a week.") == 1
    facts = shop_facts()
    closed = [
        facts.is_closed_on(day) for day in (first - timedelta(1), first, last, last + timedelta(1))
    ]
    assert closed == [False, True, True, False]
    assert (
        f"Closed period “{first} to {last}”: First day: nothing"
        in LogEntry.objects.get().get_change_message()
    )


def test_a_period_is_not_announced_before_its_day_or_after_its_end(manager):
    today = timezone.localdate()
    save(manager, **period(today + timedelta(days=1), today + timedelta(days=2)))
    assert shop_facts().notices == []
    ClosedPeriod.objects.update(first_day=today - timedelta(9), last_day=today - timedelta(1))
    cache.clear()
    assert shop_facts().notices == []


def test_a_period_that_ends_before_it_begins_is_refused(manager):
    response = save(manager, **period(date(2027, 1, 9), date(2027, 1, 2)))

    assert response.status_code == 200
    assert "The last day is before the first." in response.content.decode()
    assert not ClosedPeriod.objects.exists()


def logo(colour=(10, 90, 90)):
    file = io.BytesIO()
    Image.new("RGB", (300, 120), colour).save(file, "PNG", pnginfo=_comment())
    return SimpleUploadedFile("vaginal-dilators.png", file.getvalue(), "image/png")


def _comment():
    about = PngInfo()
    about.add_text("Comment", "taken at home")
    return about


def test_an_accent_colour_must_be_readable_and_then_colours_every_page(manager):
    html = save(manager, accent="#66aaff").content.decode()
    assert "Text in this colour is hard to read: its contrast is 1.9 to 1" in html
    nearest = re.search(r"(#[0-9a-f]{6}) is the nearest one that works", html)[1]
    assert save(manager, accent="red").status_code == 200
    assert "/accent/" not in Client().get("/").content.decode()

    assert save(manager, accent=nearest).status_code == 302

    address = f"/accent/{nearest.removeprefix('#')}.css"
    assert address in Client().get("/").content.decode()
    sheet = Client().get(address)
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    text = sheet.content.decode()
    assert f"--accent: {nearest};" in text
    night = re.findall(r"--accent: (#[0-9a-f]{6});", text)[1]
    assert min(contrast(night, each) for each in ("#1b3a40", "#0c2227")) >= 4.5
    assert f"Accent colour: nothing → “{nearest}”" in LogEntry.objects.get().get_change_message()


@pytest.mark.parametrize("colour", ["66aaff", "17656B", "%23fff", "17656b;}body{", "ggg000"])
def test_no_other_style_sheet_can_be_asked_for(colour):
    assert Client().get(f"/accent/{colour}.css").status_code == 404


def test_a_logo_is_encoded_anew_shown_on_pages_and_can_be_taken_out(manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert save(manager, logo=logo()).status_code == 302
    address = shop_facts().logo
    assert re.fullmatch(r"/media/shop/[0-9a-f]{32}\.png", address)
    assert f'<img class="logo" src="{address}" alt="">' in Client().get("/").content.decode()
    picture = b"".join(Client().get(address).streaming_content)
    assert b"taken at home" not in picture
    broken = SimpleUploadedFile("x.png", b"<svg onload='alert(1)'>", "image/png")
    assert save(manager, logo=broken).status_code == 200
    assert shop_facts().logo == address
    assert save(manager, **{"logo-clear": "on"}).status_code == 302
    assert 'class="logo"' not in Client().get("/").content.decode()


def test_a_language_that_is_not_offered_leads_to_english(manager):
    assert 'href="/es/"' in Client().get("/").content.decode()
    assert save(manager, hidden_languages=["es"]).status_code == 302
    home = Client().get("/").content.decode()
    assert 'href="/es/"' not in home
    assert 'hreflang="es"' not in home
    answer = Client().get("/es/sets/?size=3")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sets/?size=3")
    assert Client().get("/es/").headers["Location"] == "/"
    assert 'hreflang="es"' not in Client().get("/sitemap.xml").content.decode()
    assert save(manager, hidden_languages=["en"]).status_code == 200  # English always is
    assert save(manager).status_code == 302
    assert Client().get("/es/").status_code == 200


def test_gift_cards_of_a_shop_in_yen_are_over_whole_yen(manager, settings):
    settings.DEFAULT_CURRENCY = "JPY"
    wrong = {"gift_minimum": "1000.50", "gift_amounts": "2500, 30.5"}
    page = save(manager, **wrong).content.decode()
    assert "decimal place" in page
    assert "“30.5” is no amount." in page
    assert save(manager, gift_minimum="1000", gift_amounts="2500").status_code == 302
    assert 'name="gift_minimum" value="1000"' in manager.get(URL).content.decode()

"""Staff find an order by whatever its customer can say of it, in the list and by Ctrl+K."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from saleor.order.models import Fulfillment, Order

from dashboard.models import AccessRecord
from dashboard.selectors import finding
from dashboard.selectors.finding import orders_found
from plugins.ordering.models import OrderFlag
from plugins.taxes.models import Invoice
from tests import personas
from tests.factories import AddressFactory, ShippingMethodFactory, UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

LIST = "/staff/order/order/"


@pytest.fixture
def robin():
    """An order of which everything is known."""
    address = AddressFactory(
        first_name="Zoë Anne", last_name="O’Hare-Smith", postal_code="sw1a 1aa",
        phone="+447700900123",
    )  # fmt: skip
    order = builders.order(
        user_email="robin@mail.example.org",
        shipping_address=address,
        metadata={
            "discreet_shipping": {
                "code_word": "Blue Tulip",
                "message_email": "other@box.example.org",
                "point": "P-12",
                "handover": "signature",
            }
        },
    )
    builders.line(order, variant_in_stock(3, sku="SET-A/4"))
    Fulfillment.objects.create(order=order, tracking_number="AB 1234 5678 9GB")
    Invoice.objects.create(
        order=order, number=731, issued_at=timezone.now(), language="en", content={}
    )
    return order


@pytest.fixture
def others(robin):
    """Orders that must not be found."""
    return [
        builders.order(user_email="kim@example.net"),
        builders.order(
            user_email="sam@example.net", shipping_address=AddressFactory(phone="+447700900999")
        ),
    ]


def ids(found):
    """Return the numbers of the orders that were found, the newest first."""
    return found.pks


@pytest.mark.parametrize(
    "typed",
    [
        "{pk}", "#{pk}", " # {pk} ", "ROBIN@mail.example.org", "robin@mail", "mail.example",
        "other@box.example.org", "hare-smith", "O’Hare-Smith, Zoë", "zoë anne", "anne zoË",
        "SW1A 1AA", "sw1a1aa", "SW1A", "sw1a-1", "+44 7700 900123", "07700 900123",
        "0044 7700900123", "+44 (0)7700 900-123", "(07700) 900123", "900123",
        "AB123456789GB", "ab 1234 5678 9gb", "SET-A/4", "set a 4", "blue tulip", "BLUE  TULIP",
        "INV-00731", "inv 731", "INV731",
    ],
)  # fmt: skip
def test_an_order_is_found_by_what_its_customer_can_say(robin, others, typed):
    found = orders_found(typed.format(pk=robin.pk))
    assert ids(found) == [robin.pk]


@pytest.mark.parametrize(
    "typed",
    ["99999999", "nobody", "zoë kim", "12345", "INV-732", "CN-731", "blue", "%", "_", "\\", "a%b",
     "SW1A 2", "ab1234", "set-a", "900124", "o'", "\x00", "' OR 1=1 --", "ⅷ" * 300],
)  # fmt: skip
def test_what_fits_no_order_finds_none(robin, others, typed):
    found = orders_found(typed)
    assert found is None or ids(found) == []


def test_short_names_are_found_as_whole_words_only(robin):
    wanted = builders.order(shipping_address=AddressFactory(first_name="Li", last_name="Na"))
    builders.order(shipping_address=AddressFactory(first_name="Lina", last_name="Nagel"))
    assert ids(orders_found("na li")) == [wanted.pk]


def test_the_list_finds_it_and_the_order_alone_is_a_look(robin, others):
    support = personas.in_role("Support")
    answer = support.get(LIST, {"q": "o’hare"})
    assert [row.pk for row in answer.context["cl"].result_list] == [robin.pk]
    assert AccessRecord.objects.count() == 0
    support.get(f"{LIST}{robin.pk}/change/")
    assert AccessRecord.objects.filter(kind="order", subject_id=robin.pk).count() == 1


def test_ctrl_k_finds_it_with_day_and_name_for_those_who_may_open_it(robin, others):
    Order.objects.filter(pk=robin.pk).update(created=datetime(2026, 11, 3, 12, tzinfo=UTC))
    page = personas.in_role("Support").get("/staff/search/", {"s": "blue tulip", "extended": "1"})
    text = page.content.decode()
    assert re.findall(r'href="([^"]+)"', text) == [f"{LIST}{robin.pk}/change/"]
    assert "3 Nov 2026 · Zoë Anne O’Hare-Smith" in text
    for role in ("Packer", "Inventory keeper", "Content editor"):
        hidden = personas.in_role(role).get("/staff/search/", {"s": "blue tulip"})
        assert hidden.content.decode().strip() == ""


def test_ctrl_k_shows_eight_and_leads_to_all(db):
    for _ in range(9):
        builders.order(user_email="busy@example.org")
    page = personas.in_role("Support").get("/staff/search/", {"s": "busy@example.org"})
    links = re.findall(r'href="([^"]+)"', page.content.decode())
    assert len(links) == 9
    assert links[-1] == f"{LIST}?q=busy%40example.org"


def test_of_very_many_the_newest_are_looked_through_and_the_list_says_so(db, monkeypatch):
    monkeypatch.setattr(finding, "MAX_FOUND", 3)
    orders = [
        builders.order(shipping_address=AddressFactory(postal_code="LS1 1AA")) for _ in range(4)
    ]
    newest = [order.pk for order in reversed(orders)]
    assert orders_found("LS1") == (newest[:3], True)
    support = personas.in_role("Support")
    assert "Only the newest 1,000 of them" in support.get(LIST, {"q": "LS1"}).content.decode()
    assert shown(support, q="LS1") == set(newest[:3])
    assert orders_found(f"#{newest[3]}") == ([newest[3]], False)
    assert "Only the newest" not in support.get(LIST, {"q": f"#{newest[3]}"}).content.decode()


def test_what_fits_every_order_is_not_read_to_its_end(db):
    with CaptureQueriesContext(connection) as asked:
        orders_found("LS1 example")
        orders_found("busy@example.org")
    assert len(asked) == 2
    for query in asked:
        ways = query["sql"].count("SELECT DISTINCT")
        assert ways == query["sql"].count(f"LIMIT {finding.MAX_FOUND + 1}") >= 3


def test_finding_asks_one_statement(robin, django_assert_num_queries):
    with django_assert_num_queries(1):
        ids(orders_found("zoë anne"))


def shown(support, **filters):
    answer = support.get(LIST, filters)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}


def test_filters_by_day_country_method_payment_and_choice(robin, others):
    kim, sam = others
    Order.objects.filter(pk=kim.pk).update(created=datetime(2026, 3, 29, 22, 30, tzinfo=UTC))
    builders.payment(sam, "52.50")
    kim.shipping_address.country = "ES"
    kim.shipping_address.save()
    support = personas.in_role("Support")
    assert shown(support, created_from="2026-03-29", created_to="2026-03-29") == {kim.pk}
    assert shown(support, created_to="2026-03-28") == set()
    assert shown(support, created_from="2026-03-30") == {robin.pk, sam.pk}
    assert shown(support, created_from="no day") == {robin.pk, kim.pk, sam.pk}
    assert shown(support, country="ES") == {kim.pk}
    assert shown(support, country="FR") == set()
    assert shown(support, payment="Paid") == {sam.pk}
    assert shown(support, payment="Waiting") == {robin.pk, kim.pk}
    assert shown(support, payment="Refunded") == set()
    assert shown(support, choice="point") == {robin.pk}
    assert shown(support, choice="signature") == {robin.pk}
    assert shown(support, choice="code_word") == {robin.pk}
    assert shown(support, choice="legal") == set()
    assert shown(support, choice="no such") == {robin.pk, kim.pk, sam.pk}
    method = ShippingMethodFactory()
    Order.objects.filter(pk=sam.pk).update(shipping_method=method)
    assert shown(support, method=str(method.pk)) == {sam.pk}
    assert shown(support, method="x") == set()


def test_the_orders_page_says_why_it_needs_attention(robin):
    support = personas.in_role("Support")
    page = f"{LIST}{robin.pk}/change/"
    assert "This order needs attention" not in support.get(page).content.decode()
    old = OrderFlag.objects.create(
        order=robin, reason="dispute", message="Old.", settled_at=timezone.now()
    )
    OrderFlag.objects.create(order=robin, reason="paid_twice", message="£5 <b>came</b> twice.")
    text = support.get(page).content.decode()
    assert "Paid twice." in text
    assert "£5 &lt;b&gt;came&lt;/b&gt; twice." in text
    assert old.message not in text
    assert f'href="{LIST}{robin.pk}/step"' in text.replace("step/", "step")


def test_day_and_name_stand_on_one_line(robin):
    text = personas.in_role("Support").get(LIST).content.decode()
    assert '<span class="whitespace-nowrap">Zoë Anne O’Hare-Smith</span>' in text


def test_a_customer_without_orders_is_not_in_the_way(robin):
    UserFactory(email="zoe@example.org")
    assert ids(orders_found("zoe@example.org")) == []

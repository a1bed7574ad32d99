"""What the search boxes of the staff lists find. How quickly they do is `make bench`'s."""

import pytest
from django.urls import reverse
from django.utils import timezone
from saleor.order.models import Order

from dashboard.models import AccessKind, AccessRecord
from plugins.inventory.models import StockEntry
from plugins.order_emails.models import OutgoingEmail
from tests.factories import UserFactory, VariantFactory, variant_in_stock
from tests.staff import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(email="boss@shop.test", is_staff=True, is_superuser=True)


@pytest.fixture
def found(boss):
    """Return a function that searches a list and returns the ids of what it shows, in order."""
    client = signed_in(boss)

    def _found(name, term):
        answer = client.get(reverse(f"admin:{name}_changelist"), {"q": term})
        return [row.pk for row in answer.context["cl"].result_list]

    return _found


def email_about(about, number):
    return OutgoingEmail.objects.create(
        about=about,
        kind="order_confirmed",
        dedup_key="paid",
        message_id=f"<{number}@shop.test>",
        next_try_at="2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize("term", ["12", "#12", "order-12", " Order-12 "])
def test_an_email_is_found_by_its_orders_number_alone(found, term):
    wanted = email_about("order-12", 1)
    email_about("order-123", 2)
    email_about("user-12", 3)
    assert found("order_emails_outgoingemail", term) == [wanted.pk]


def test_an_email_about_an_account_is_found_by_what_it_is_about(found):
    email_about("order-7", 1)
    wanted = email_about("user-7", 2)
    assert found("order_emails_outgoingemail", "user-7") == [wanted.pk]


def test_a_product_is_found_once_by_words_of_its_name_and_its_skus(found):
    blue = VariantFactory(sku="SOFT-1", product__name="Blue set", product__slug="blue").product
    VariantFactory(sku="SOFT-2", product=blue)
    VariantFactory(sku="SOFT-3", product__name="Red set", product__slug="red")
    assert found("product_product", "soft blue") == [blue.pk]


def test_orders_are_found_by_part_of_the_orders_or_the_accounts_email(found):
    customer = UserFactory(email="robin@account.test")
    own = Order.objects.create(user=customer, user_email="robin@elsewhere.test")
    guest = Order.objects.create(user_email="kim@account.test")
    Order.objects.create(user_email="sam@elsewhere.test")
    assert found("order_order", "ACCOUNT.test") == [guest.pk, own.pk]


def test_a_look_is_found_by_number_or_by_who_looked(found, boss):
    keeper = UserFactory(email="keeper7@shop.test", is_staff=True)
    seen = AccessRecord.objects.create(actor=boss, kind=AccessKind.ORDER, subject_id=7)
    other = AccessRecord.objects.create(actor=keeper, kind=AccessKind.ORDER, subject_id=70)
    assert found("dashboard_accessrecord", "7") == [seen.pk]
    assert found("dashboard_accessrecord", "keeper7") == [other.pk]
    assert found("dashboard_accessrecord", "9" * 30) == []


def test_a_customer_shows_how_many_orders_there_are(boss):
    busy, new = UserFactory(email="busy@example.org"), UserFactory(email="new@example.org")
    for _ in range(2):
        Order.objects.create(user=busy)
    rows = signed_in(boss).get(reverse("admin:dashboard_customer_changelist")).context["cl"]
    assert {row.pk: row.order_total for row in rows.result_list} == {busy.pk: 2, new.pk: 0}


def test_the_ledger_is_searched_by_order_sku_and_note(found):
    variant = variant_in_stock(5, sku="LONG-7")
    entry = {"measure": "allocated", "before": 0, "reason": "order_placed", "at": timezone.now()}
    placed = StockEntry.objects.create(order_id=712, after=1, **entry)
    StockEntry.objects.create(order_id=713, after=1, **entry)
    noted = StockEntry.objects.create(note="Pallet 712", after=2, **entry)
    opening = StockEntry.objects.get(stock=variant.stocks.get())
    assert found("inventory_stockentry", "#712") == [placed.pk]
    assert found("inventory_stockentry", "712") == [noted.pk, placed.pk]
    assert found("inventory_stockentry", "long-7") == [opening.pk]

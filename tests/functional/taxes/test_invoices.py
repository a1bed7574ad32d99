"""Invoices: numbers without gaps, papers that never change, for the order's reader and staff."""

from functools import partial

import pytest
from django.db import DatabaseError, transaction
from prices import Money
from saleor.account.models import Address
from saleor.order.models import Order
from saleor.site.models import SiteSettings

from dashboard.models import AccessRecord
from dashboard.roles import ROLES
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.invoices import issue_invoice
from plugins.ordering.locks import lock_order
from plugins.ordering.refunds import request_refund
from plugins.taxes.models import Invoice
from tests.factories import basket
from tests.functional.ordering.parallel import at_once
from tests.functional.taxes.conftest import NUMBER, buy, goods
from tests.functional.taxes.test_examples import words
from tests.personas import anonymous, customer, in_role, link_holder, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(registered):
    return buy(basket((goods("49.00", product__name="Gentle set", name=""), 2)))


def url(order, wording=""):
    return f"/orders/{order.token}/invoice/{wording}"


def staff_url(order, wording="full"):
    return f"/staff/order/order/{order.pk}/invoice/{wording}.pdf"


def issue(order_id, *, fails):
    """Issue an invoice in a transaction that may fail afterwards."""
    with transaction.atomic():
        invoice = issue_invoice(lock_order(order_id)[0])
        if fails:
            raise RuntimeError("something else of the transaction failed")
    return invoice.number


def test_fifty_at_once_leave_no_gap():
    orders = [Order.objects.create(shipping_price_gross_amount="3.50") for _ in range(50)]
    calls = [partial(issue, order.pk, fails=n % 5 == 0) for n, order in enumerate(orders)]
    answers = at_once(*calls)
    numbers = [answer for answer in answers if isinstance(answer, int)]
    assert sorted(numbers) == list(range(1, 41))
    assert {str(one) for one in answers if not isinstance(one, int)} == {
        "something else of the transaction failed"
    }
    assert Invoice.objects.count() == 40


def test_it_says_all_that_a_vat_invoice_must(order):
    answer = link_holder(order).get(url(order))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="invoice-INV-00001.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = words(answer.content)
    for part in (
        "Stillwater", f"VAT number {NUMBER}", "Invoice", "INV-00001", f"Order {order.pk}",
        "Date of the invoice and of the supply: ", "Robin Marsh", "4 Mill Lane", "LEWES",
        "Gentle set 2 £49.00 20 % £81.67 £16.33 £98.00", "Delivery 20 % £2.92 £0.58 £3.50",
        "Total £101.50", "20 % £84.59 £16.91 £101.50",
    ):  # fmt: skip
        assert part in text


def test_the_neutral_one_names_no_goods_and_has_the_same_figures(order):
    text = words(link_holder(order).get(url(order, "neutral/")).content)
    assert "Gentle" not in text
    assert "Article 1 2 £49.00 20 % £81.67 £16.33 £98.00" in text
    assert "INV-00001" in text


def test_it_is_the_same_to_the_byte_whatever_changes_afterwards(order, registered, settings):
    before = link_holder(order).get(url(order)).content
    settings.SHOP_NAME = "Otherwater"
    registered(number="GB980780684")
    SiteSettings.objects.update(
        company_address=Address.objects.create(street_address_1="9 Quay", city="Leeds")
    )
    Address.objects.filter(pk=order.billing_address_id).update(city="Hove")
    request_refund(order_id=order.pk, key="r", reason="x", amount=Money("5.00", "GBP"))
    assert link_holder(order).get(url(order)).content == before


@pytest.mark.parametrize(
    "change", [{"number": 7}, {"content": {}}, {"buyer": ["Somebody"]}, {"vat_number": ""}]
)
def test_the_database_refuses_to_change_an_invoice(order, change):
    with pytest.raises(DatabaseError, match="is refused"):
        Invoice.objects.filter(order=order).update(**change)
    with pytest.raises(DatabaseError, match="is refused"):
        Invoice.objects.filter(order=order).delete()


def test_its_person_goes_with_the_orders(order):
    with transaction.atomic():
        anonymise_order(order=Order.objects.select_for_update(of=("self",)).get(pk=order.pk))
    invoice = Invoice.objects.get(order=order)
    assert invoice.buyer == []
    assert (invoice.number, invoice.content["total"]) == (1, "101.50")


def test_what_cost_nothing_and_what_is_not_paid_has_no_invoice(registered, place):
    assert not Invoice.objects.exists()
    order = place()
    assert link_holder(order).get(url(order)).status_code == 404


def test_a_shop_that_is_not_registered_writes_invoices_without_vat():
    order = buy(basket((goods("49.00", product__name="Gentle set", name=""), 2)))
    text = words(link_holder(order).get(url(order)).content)
    assert "Gentle set 2 £49.00 £98.00" in text
    assert "The seller is not registered for VAT: no VAT is charged." in text
    assert "VAT number" not in text
    page = link_holder(order).get(f"/orders/{order.token}/").content.decode()
    assert "VAT" not in page
    assert not order.taxes.exists()


def test_it_is_for_the_reader_of_the_order_only(order):
    for somebody in (anonymous(), customer(), wrong_customer()):
        for wording in ("", "neutral/"):
            assert somebody.get(url(order, wording)).status_code == 403
    assert link_holder(order).get(f"/orders/{order.token}/").content.count(b"INV-00001") == 1


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_who_manages_orders_reads_it_and_it_is_recorded(order, role):
    somebody = in_role(role)
    allowed = somebody.get(f"/staff/order/order/{order.pk}/change/").status_code == 200
    assert allowed == (role in {"Support", "Manager"})
    for wording in ("full", "neutral"):
        assert somebody.get(staff_url(order, wording)).status_code == (200 if allowed else 403)
    kept = AccessRecord.objects.filter(kind="document", subject_id=order.pk)
    assert kept.count() == (2 if allowed else 0)
    if allowed:
        assert somebody.get(staff_url(order, "other")).status_code == 404


def test_the_order_page_of_staff_has_the_vat_and_links_to_the_invoice(order):
    page = in_role("Support").get(f"/staff/order/order/{order.pk}/change/").content.decode()
    assert "20 %: £16.91 on £84.59" in page
    assert f'href="{staff_url(order)}">INV-00001</a>' in page

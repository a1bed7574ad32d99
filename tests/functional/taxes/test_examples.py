"""Twelve purchases agree to the penny in basket, order, invoice, credit note, export, report, docs."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from pypdfium2 import PdfDocument

from plugins.ordering.invoices import vat_totals
from plugins.ordering.models import Refund
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.refunds import request_refund
from plugins.ordering.totals import totals_of_order
from plugins.taxes.models import CreditTax, OrderTax
from storefront.baskets import build_basket, find_checkout
from tests.factories import AddressFactory, GiftCardFactory, VoucherFactory, basket
from tests.functional.taxes.conftest import buy, goods
from tests.functional.taxes.examples import EXAMPLES
from tests.personas import in_role, link_holder
from tests.refunding import record_refund

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).parents[3] / "docs" / "taxes.md"


def words(content):
    pdf = PdfDocument(content)
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    return " ".join(text.split())


@pytest.fixture
def checkout(request, registered, abroad):
    example = request.param
    registered(example.without_rate)
    address = AddressFactory(country=example.country)
    return example, basket(
        *[(goods(price, tax_class), pieces) for price, tax_class, pieces in example.goods],
        shipping_address=address,
        voucher=VoucherFactory(**example.voucher) if example.voucher else None,
        cards=[GiftCardFactory(initial_balance_amount=example.card)] if example.card else [],
    )


def rows(order):
    return [row.tax_value for row in OrderTax.objects.filter(order=order).order_by("pk")]


def today():
    return timezone.localdate()


def reported():
    """Return gross and VAT of all invoices less all credit notes of these days."""
    found = vat_totals(today() - timedelta(days=1), today() + timedelta(days=1))
    return sum(row.gross for row in found), sum(row.tax for row in found)


def these_days():
    day = timedelta(days=1)
    return {"first": (today() - day).isoformat(), "last": (today() + day).isoformat()}


def exported(manager, report):
    """Return the rows of a file as the manager takes it away, by the names of its columns."""
    answer = manager.get(f"/staff/exports/{report}.csv", these_days())
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def cells(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def summed(rows, *names):
    return tuple(sum(Decimal(row[name]) for row in rows) for name in names)


def page_totals(manager):
    """Return what the top of the report page says: sold, credited, net sales, VAT."""
    [totals] = manager.get("/staff/reports/", these_days()).context["totals"]
    return totals.sold, totals.credited, totals.net_sales, totals.vat


def files_and_page_agree(manager, order, example):
    total, tax, _due = example.sums
    orders, lines = exported(manager, "orders"), exported(manager, "lines")
    figures = ("total", "vat", "to_pay", "credited")
    assert cells(orders, *figures) == [(example.total, example.tax, example.due, "0.00")]
    assert cells(lines, "vat") == [(part,) for part in example.parts[: len(lines)]]
    assert all(Decimal(row["paid"]) == Decimal(row["net"]) + Decimal(row["vat"]) for row in lines)
    delivery = exported(manager, "delivery")
    assert summed(lines, "paid")[0] + summed(delivery, "delivery")[0] == total
    assert summed(exported(manager, "vat"), "gross", "vat") == (total, tax)
    days = exported(manager, "days")
    assert cells(days, "sold", "vat_sold", "net_sales", "vat") == [
        (example.total, example.tax, example.total, example.tax)
    ]
    assert summed(exported(manager, "products"), "sold") == (total,)
    taken = exported(manager, "money")
    assert summed(taken, "taken") == (total,)
    assert page_totals(manager) == (total, 0, total, tax)


def files_and_page_agree_after_refunds(manager, example, back):
    total = Decimal(example.total)
    assert cells(exported(manager, "refunds"), "amount", "vat") == back
    assert summed(exported(manager, "vat"), "gross", "vat") == (0, 0)
    assert cells(exported(manager, "orders"), "credited") == [(example.total,)]
    [day] = exported(manager, "days")
    assert (day["credited"], day["vat_credited"]) == (example.total, example.tax)
    assert (day["net_sales"], day["vat"]) == ("0.00", "0.00")
    assert summed(exported(manager, "money"), "left") == (0,)
    assert page_totals(manager) == (total, total, 0, 0)


@pytest.mark.parametrize("checkout", EXAMPLES, indirect=True, ids=lambda one: one.name)
def test_an_example_agrees_everywhere(checkout):
    example, checkout = checkout
    manager = in_role("Manager")
    total, tax, due = example.sums
    shown = build_basket(find_checkout(checkout.pk)).totals
    assert (shown.total.amount, shown.tax.amount, shown.due.amount) == (total, tax, due)

    order = buy(checkout)
    kept = totals_of_order(order)
    assert (kept.total.amount, kept.tax.amount, kept.due.amount) == (total, tax, due)
    assert rows(order) == list(map(Decimal, example.parts))
    assert order.total_gross_amount - order.total_net_amount == tax

    said = order.tax_invoice.content
    assert (Decimal(said["total"]), Decimal(said["tax"]), Decimal(said["paid"])) == (
        total,
        tax,
        due,
    )
    assert sum(Decimal(rate["tax"]) for rate in said["rates"]) == tax
    assert sum(Decimal(rate["gross"]) for rate in said["rates"]) == total
    paper = words(link_holder(order).get(f"/orders/{order.token}/invoice/").content)
    assert f"Total £{total}" in paper
    assert reported() == (total, tax)
    files_and_page_agree(manager, order, example)

    parts = example.back or (("", example.total, example.tax),)
    _refund(order, parts)
    files_and_page_agree_after_refunds(manager, example, [part[1:] for part in parts])


def _refund(order, parts):
    for number, (pieces, gross, back) in enumerate(parts, 1):
        line = order.lines.order_by("pk")[0]
        request_refund(
            order_id=order.pk, key=f"r{number}", reason="x",
            lines={line.pk: pieces} if pieces else None,
        )  # fmt: skip
        refund = Refund.objects.get(key=f"r{number}")
        assert refund.number == number
        credited = CreditTax.objects.filter(refund=refund)
        assert sum(row.gross_value for row in credited) == Decimal(gross)
        assert sum(row.tax_value for row in credited) == Decimal(back)
        note = words(
            link_holder(order).get(f"/orders/{order.token}/credit-notes/{number}/").content
        )
        assert f"£{Decimal(back):.2f}" in note
    assert reported() == (0, 0)


def test_the_docs_have_the_same_figures():
    table = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in DOCS.read_text().splitlines()
        if line.startswith("| ") and line[2:4].strip().isdecimal()
    ]
    assert [(row[1], row[-3], row[-2], row[-1]) for row in table] == [
        (one.name, one.total, one.tax, one.due) for one in EXAMPLES
    ]
    assert len(table) == 12


def test_the_confirmation_says_what_of_it_is_vat(registered, mailoutbox):
    buy(basket((goods("49.00"), 2)))
    (sent,) = [mail for mail in mailoutbox if "£101.50" in mail.body]
    assert "Total: £101.50, with £16.91 of VAT in it" in sent.body


def test_what_gift_cards_paid_stands_below_the_total_and_its_vat(registered, mailoutbox):
    card = GiftCardFactory(initial_balance_amount="20.00")
    order = buy(basket((goods("49.00"), 2), cards=[card]))
    (sent,) = [mail for mail in mailoutbox if "£101.50" in mail.body]
    below = "Total: £101.50, with £16.91 of VAT in it\nGift card: -£20.00\nPaid otherwise: £81.50\n"
    assert below in sent.body
    html = " ".join(re.sub(r"<[^>]+>", " ", sent.alternatives[0].content).split())
    assert "of VAT in it Gift card -£20.00 Paid otherwise £81.50" in html
    receipt = words(link_holder(order).get(f"/orders/{order.token}/receipt/").content)
    assert "Total £101.50 VAT in it £16.91 Gift card" in receipt


def test_a_basket_and_an_order_say_what_of_it_is_vat(registered):
    order = buy(basket((goods("49.00"), 2)))
    page = link_holder(order).get(f"/orders/{order.token}/").content.decode()
    assert "VAT in these prices: £16.91" in page
    receipt = words(link_holder(order).get(f"/orders/{order.token}/receipt/").content)
    assert "VAT in it £16.91" in receipt


def test_credit_notes_show_the_vat_by_rate(registered):
    order = buy(basket((goods("49.00"), 1), (goods("21.00", "reduced"), 1)))
    request_refund(order_id=order.pk, key="all", reason="x")
    note = words(link_holder(order).get(f"/orders/{order.token}/credit-notes/1/").content)
    assert "20 % £42.87 £8.58 £51.45" in note
    assert "5 % £21.00 £1.05 £22.05" in note
    assert "Together £63.87 £9.63 £73.50" in note
    assert "VAT number GB999999973" in note


def test_a_failed_refund_leaves_the_vat_as_it_was(registered):
    order = buy(basket((goods("49.00"), 1)))
    request_refund(order_id=order.pk, key="all", reason="x")
    assert reported() == (0, 0)
    refund = Refund.objects.get()
    record_refund(refund_id=refund.pk, state=RefundState("failed", "re_1", error="no account"))
    assert reported() == (Decimal("52.50"), Decimal("8.75"))

"""Every figure of the reports is an independent sum over drawn orders; files say the same."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.payment.models import Transaction

from dashboard.selectors import exports, reports
from dashboard.selectors.books import Period
from dashboard.selectors.stock import MARGINS
from plugins.ordering.models import Refund
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.refunds import request_refund
from plugins.ordering.totals import totals_of_order
from plugins.taxes.models import CreditTax, Invoice
from tests.factories import AddressFactory, GiftCardFactory, VoucherFactory, basket
from tests.functional.taxes.conftest import buy, goods
from tests.refunding import record_refund

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 14
TODAY = timezone.localdate
VOUCHERS = (
    {"type": "entire_order", "discount_value": "7.00"},
    {"type": "entire_order", "discount_value_type": "percentage", "discount_value": "15"},
    {"type": "shipping", "discount_value": "2.00"},
)


def month():
    return Period(TODAY() - timedelta(days=20), TODAY() + timedelta(days=1))


@pytest.fixture
def drawn(registered, abroad):
    """Orders of every kind with their refunds, and two that are not in the period."""
    draw = Random(18)  # noqa: S311  the same orders each time
    sorts = [
        goods(price, kind)
        for price, kind in (
            ("49.00", "standard"),
            ("30.00", "reduced"),
            ("12.35", "zero"),
            ("0.99", "standard"),
        )
    ]
    vouchers = [VoucherFactory(**fields) for fields in VOUCHERS]
    orders = [_drawn_order(draw, number, sorts, vouchers) for number in range(ORDERS)]
    for number, order in enumerate(orders[: ORDERS // 2]):
        _refund(number, order)
    for order in orders[-2:]:
        _move(order, timedelta(days=60))
    return orders


def _drawn_order(draw, number, sorts, vouchers):
    lines = [(variant, draw.randint(1, 3)) for variant in draw.sample(sorts, draw.randint(1, 3))]
    card = [None, None, "5.00", "400.00"][number % 4]
    order = buy(basket(
        *lines,
        shipping_address=AddressFactory(country=["GB", "ES", "US"][number % 3]),
        voucher=[None, *vouchers][number // 2 % 4],
        cards=[GiftCardFactory(initial_balance_amount=card)] if card else [],
    ))  # fmt: skip
    _move(order, timedelta(days=draw.randint(0, 6)))
    return order


def _move(order, back):
    at = timezone.now() - back
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # a trigger keeps invoices as they are
        cursor.execute("SET LOCAL session_replication_role = replica")
        Invoice.objects.filter(order=order).update(issued_at=at)
        cursor.execute("SET LOCAL session_replication_role = origin")
    Order.objects.filter(pk=order.pk).update(created=at)


def _refund(number, order):
    kind = ["all", "pieces", "free"][number % 3]
    line = order.lines.order_by("pk").first()
    wanted = {
        "pieces": {"lines": {line.pk: 1}},
        "free": {"amount": Money("1.50", order.currency)},
        "all": {},
    }[kind]
    request_refund(order_id=order.pk, key=f"r{number}", reason="x", **wanted)
    refund = Refund.objects.get(key=f"r{number}")
    if number == 0 and refund.parts.filter(payment__isnull=False).exists():
        record_refund(refund_id=refund.pk, state=RefundState("failed", f"re_{number}", error="x"))


def rows(report, period=None):
    return list(report.rows(period or month()))


def column(report, name, found=None):
    place = report.headings.index(name)
    return [row[place] for row in (rows(report) if found is None else found) if row[place] != ""]


def total(report, name):
    return sum(column(report, name))


def provider_of(payment):
    """Return the name under which the report has this payment; of none, that of gift cards."""
    names = {"nothing_to_pay": "Nothing to pay", "stripe": "Stripe"}
    return names.get(payment.gateway, payment.gateway) if payment else "Gift cards"


def sold_orders():
    """The orders of the period, read one by one: an independent sum."""
    begin, end = month().begin, month().end
    found = Order.objects.filter(tax_invoice__isnull=False)
    return [order for order in found if begin <= order.tax_invoice.issued_at < end]


def booked():
    return [refund for refund in Refund.objects.all() if refund.number and refund.state != "failed"]


def the_drawn_orders_are_worth_the_trouble(drawn):
    totals = [totals_of_order(order) for order in sold_orders()]
    assert len(totals) == ORDERS - 2
    assert any(one.gift_cards for one in totals)
    assert len({one.tax.amount > 0 for one in totals}) == 2
    assert len([one for one in totals if one.discount.amount]) >= 4
    assert len(booked()) >= 5
    assert Refund.objects.filter(state="failed").count() == 1


def sales_by_day_are_the_sums_of_the_orders(drawn):
    totals = {order.pk: totals_of_order(order) for order in sold_orders()}
    assert total(reports.BY_DAY, "orders") == len(totals)
    assert total(reports.BY_DAY, "sold") == sum(one.total.amount for one in totals.values())
    assert total(reports.BY_DAY, "vat_sold") == sum(one.tax.amount for one in totals.values())
    cards = sum(one.card_total.amount for one in totals.values())
    assert total(reports.BY_DAY, "by_gift_card") == cards
    assert total(reports.BY_DAY, "credited") == sum(one.amount_value for one in booked())
    back = sum(row.tax_value for row in CreditTax.objects.all() if row.refund in booked())
    assert total(reports.BY_DAY, "vat_credited") == back
    days = Counter(timezone.localdate(o.tax_invoice.issued_at) for o in sold_orders())
    counted = {row[0]: row[2] for row in rows(reports.BY_DAY) if row[2]}
    assert counted == dict(days)


def the_vat_agrees_with_the_stored_amounts_and_credit_notes(drawn):
    sums = Counter()
    for order in sold_orders():
        for row in order.taxes.all():
            key = (row.country, f"{row.percent.normalize():f}")
            sums[key, "net"] += row.net_value
            sums[key, "vat"] += row.tax_value
    for row in CreditTax.objects.select_related("charged"):
        if row.refund in booked():
            key = (row.charged.country, f"{row.charged.percent.normalize():f}")
            sums[key, "net"] -= row.net_value
            sums[key, "vat"] -= row.tax_value
    found = rows(reports.VAT)
    assert {row[0] for row in found} == {"GB", "ES", "US"}
    for country, _name, rate, _currency, net, vat, gross in found:
        assert (net, vat) == (sums[(country, rate), "net"], sums[(country, rate), "vat"])
        assert gross == net + vat
    assert total(reports.VAT, "vat") == total(reports.BY_DAY, "vat")
    assert total(reports.VAT, "gross") == total(reports.BY_DAY, "net_sales")


def sales_by_product_and_size_add_up_to_all_sales(drawn):
    for report in (reports.BY_PRODUCT, reports.BY_SIZE):
        for name in ("sold", "credited", "net_sales"):
            assert total(report, name) == total(reports.BY_DAY, name)
        pieces = sum(line.quantity for order in sold_orders() for line in order.lines.all())
        assert total(report, "pieces") == pieces


def sales_by_product_are_the_sums_of_the_lines(drawn):
    paid, back = Counter(), Counter()
    for order in sold_orders():
        for line in order.lines.all():
            off = line.discount.amount_value if hasattr(line, "discount") else 0
            paid[line.product_sku] += line.unit_price_gross_amount * line.quantity - off
    for refund in booked():
        for one in refund.lines.all():
            back[one.line.product_sku] += one.amount_value
    found = rows(reports.BY_PRODUCT)[:-1]
    assert {row[2]: row[5] for row in found} == paid
    assert {row[2]: row[7] for row in found if row[7]} == dict(back)


def sales_by_voucher_and_delivery_are_the_sums_of_the_orders(drawn):
    off, delivered = Counter(), Counter()
    for order in sold_orders():
        totals = totals_of_order(order)
        if totals.discount.amount:
            off[order.voucher.code] += totals.discount.amount
        on_delivery = sum(one.amount.amount for one in totals.discounts if one.on_delivery)
        delivered[order.shipping_method_name] += totals.delivery.amount - on_delivery
    assert {row[0]: row[3] for row in rows(reports.BY_VOUCHER)} == off
    assert {row[0]: row[3] for row in rows(reports.BY_DELIVERY)} == delivered
    assert total(reports.BY_DELIVERY, "sold") == total(reports.BY_DAY, "sold")


def money_is_what_came_in_and_what_went_back(drawn):
    captured, back = Counter(), Counter()
    for one in Transaction.objects.select_related("payment"):
        if one.kind == "capture" and one.is_success:
            captured[provider_of(one.payment)] += one.amount
    for order in sold_orders():
        captured["Gift cards"] += totals_of_order(order).card_total.amount
    for refund in Refund.objects.all():
        for part in refund.parts.all():
            if refund.booked_at and part.state in {"pending", "succeeded"}:
                back[provider_of(part.payment)] += part.amount_value
    found = {row[0]: (row[3], row[5]) for row in rows(reports.MONEY)}
    assert found == {name: (captured[name], back[name]) for name in captured}


def gift_cards_issued_and_outstanding(drawn):
    GiftCardFactory(initial_balance_amount="80", is_active=False)
    GiftCardFactory(initial_balance_amount="70", end_date=TODAY() - timedelta(days=1))
    cards = list(GiftCard.objects.all())
    worth = sum(card.initial_balance_amount for card in cards)
    left = sum(card.current_balance_amount for card in cards)
    [row] = rows(reports.CARD_TOTALS)
    assert row == ("GBP", "issued by staff", 0, worth, worth - left, 0, left)
    assert total(exports.CARDS, "left") == left


def the_lists_add_up_to_the_reports(drawn):
    assert total(exports.LINES, "paid") == total(reports.BY_DAY, "sold") - total(
        reports.BY_DELIVERY, "delivery"
    )
    assert total(exports.REFUNDS, "amount") == total(reports.BY_DAY, "credited")
    assert total(exports.REFUNDS, "vat") == total(reports.BY_DAY, "vat_credited")
    provider = sum(row[3] for row in rows(reports.MONEY) if row[0] != "Gift cards")
    assert total(exports.PAYMENTS, "amount") == provider
    in_period = [order.pk for order in drawn[:-2]]
    assert sorted(column(exports.ORDERS, "order")) == sorted(in_period)
    whole = {order.pk: totals_of_order(order) for order in drawn[:-2]}
    for row in rows(exports.ORDERS):
        named = dict(zip(exports.ORDERS.headings, row, strict=True))
        sums = whole[named["order"]]
        assert named["total"] == sums.total.amount
        assert named["vat"] == sums.tax.amount
        assert named["gift_cards"] == sums.card_total.amount
        assert named["to_pay"] == sums.due.amount


CHECKS = (
    the_drawn_orders_are_worth_the_trouble,
    sales_by_day_are_the_sums_of_the_orders,
    the_vat_agrees_with_the_stored_amounts_and_credit_notes,
    sales_by_product_and_size_add_up_to_all_sales,
    sales_by_product_are_the_sums_of_the_lines,
    sales_by_voucher_and_delivery_are_the_sums_of_the_orders,
    money_is_what_came_in_and_what_went_back,
    the_lists_add_up_to_the_reports,
    gift_cards_issued_and_outstanding,
)


def test_every_figure_is_an_independent_sum_over_drawn_orders(drawn, manager):
    for check in CHECKS:  # one draw for all: placing the orders takes the time
        check(drawn)
    the_page_and_the_files_say_the_same(manager)


def test_the_ends_of_a_period_are_midnights_of_the_shop(registered):
    order = buy(basket((goods("49.00"), 1)))
    day = date(2026, 7, 1)  # summer: midnight in London is 23:00 the day before
    for hours, days in ((-1, 0), (0, 1), (23, 1), (24, 0)):
        at = Period(day, day).begin + timedelta(hours=hours)
        _move(order, timezone.now() - at)
        found = rows(reports.BY_DAY, Period(day, day))
        assert len(found) == days, hours
        assert len(rows(exports.ORDERS, Period(day, day))) == days, hours
        assert len(rows(reports.VAT, Period(day, day))) == days, hours


def asked():
    period = month()
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def the_page_and_the_files_say_the_same(manager):
    page = manager.get("/staff/reports/", asked())
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    html = page.content.decode()
    assert "00:00, to the end of" in html
    assert "Europe/London" in html
    for shown in page.context["shown"]:
        key = shown.report.key
        answer = manager.get(f"/staff/exports/{key}.csv", asked())
        text = b"".join(answer.streaming_content).decode()
        headings, *found = csv.reader(io.StringIO(text))
        assert tuple(headings) == shown.report.headings
        assert sorted(found) == sorted([[str(cell) for cell in row] for row in shown.rows])
        book = load_workbook(io.BytesIO(
            b"".join(manager.get(f"/staff/exports/{key}.xlsx", asked()).streaming_content)
        ))  # fmt: skip
        sheet = list(book.active.iter_rows(values_only=True))
        assert [str(cell) for cell in sheet[0]] == headings
        assert len(sheet) == len(found) + 1
    days = page.context["shown"][0]
    assert f"{page.context['totals'][0].net_sales}" == str(
        sum(row[9] for row in days.rows)
    )  # fmt: skip


def test_no_report_asks_more_for_more_orders(registered, manager):
    def statements():
        return {key: _statements(report) for key, report in exports.REPORTS.items()}

    buy(basket((goods("49.00"), 1)))
    few = statements()
    for number in range(2):
        order = buy(basket((goods("30.00", "reduced"), 2)))
        request_refund(order_id=order.pk, key=f"{number}", reason="x")
    assert statements() == few
    assert max(few.values()) <= 6


def _statements(report):
    with CaptureQueriesContext(connection) as asked_:
        rows(report)
    return len(asked_)


def test_what_has_no_option_has_none_in_reports_and_files(registered):
    variant = goods("49.00", sku="SET-A", name="")
    order = buy(basket((variant, 1)))
    assert order.lines.get().variant_name == "SET-A"  # Saleor's way
    assert [row[:3] for row in rows(reports.BY_PRODUCT) if row[2]] == [
        (variant.product.name, "", "SET-A")
    ]
    assert [row[:3] for row in rows(MARGINS)] == [("SET-A", variant.product.name, "")]
    assert [row[3:6] for row in rows(exports.LINES)] == [("SET-A", variant.product.name, "")]


def test_columns_are_called_by_their_initials():
    names = {column.label for report in exports.REPORTS.values() for column in report.columns}
    assert {"SKU", "VAT", "VAT rate", "VAT credited"} <= names
    assert not [name for name in names if "Sku" in name or "Vat" in name or " vat" in name]

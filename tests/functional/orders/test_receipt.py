"""The receipt: complete inside, neutral outside, for the reader of the order only."""

import pytest
from prices import Money
from pypdfium2 import PdfDocument
from saleor.account.models import Address
from saleor.site.models import SiteSettings

from plugins.ordering.refunds import cancel_order, request_refund
from tests.factories import GiftCardFactory, VoucherFactory, variant_in_stock
from tests.personas import anonymous, link_holder, owner, staff, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)


def get(order, client=None):
    return (client or link_holder(order)).get(f"/orders/{order.token}/receipt/")


def words(response):
    pdf = PdfDocument(response.content)
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    return " ".join(text.split())


def test_it_says_who_sold_what_to_whom_and_how_it_was_paid(buy):
    order = buy()
    text = words(get(order))
    for part in (
        "Stillwater", "hello@stillwater.example", "Receipt", f"Order {order.pk}", "Placed on ",
        "Robin Marsh", "4 Mill Lane", "LEWES", "BN7 1AA", "United Kingdom",
        "Gentle set 2 £49.00 £98.00", "Items £98.00", "Delivery: Plain parcel £3.50",
        "Total £101.50", "Paid on ",
    ):  # fmt: skip
        assert part in text
    for absent in ("VAT", "Discount", "Gift card", "Given back", "robin@example.org"):
        assert absent not in text


def test_voucher_gift_card_and_refund_stand_in_it(buy):
    voucher = VoucherFactory(discount_value="5.00")
    card = GiftCardFactory(initial_balance_amount="20.00")
    order = buy((variant_in_stock(9), 2), voucher=voucher, cards=[card])
    request_refund(order_id=order.pk, key="one", reason="Staff only", amount=Money("10.00", "GBP"))
    text = words(get(order))
    ending = card.code[-4:]
    rows = ("£5.00 off -£5.00", "Total £96.50", f"Gift card …{ending} £20.00", "£76.50", "-£10.00")
    for part in rows:
        assert part in text
    assert "Paid in the end £86.50" in text
    assert "Staff only" not in text


def test_a_cancelled_order_ends_at_nothing(buy):
    order = buy()
    cancel_order(order_id=order.pk, actor_id=None, reason="Changed my mind")
    assert "Paid in the end £0.00" in words(get(order))


def test_the_address_that_staff_gave_the_shop_is_the_sellers(buy):
    address = Address.objects.create(street_address_1="9 Quay", city="Leeds", country="GB")
    SiteSettings.objects.update(company_address=address)
    assert "9 Quay" in words(get(buy()))


def test_long_names_many_lines_and_other_letters_fit(buy):
    name = "A very long name that goes on and on, with Ünïcödé, Ελληνικά and кириллица " * 2
    order = buy(*[(variant_in_stock(9, product__name=f"{name}{n}"[:250]), 1) for n in range(40)])
    response = get(order)
    assert len(PdfDocument(response.content)) > 1
    assert "кириллица" in words(response)


def test_its_name_its_title_and_its_headers_say_nothing(buy):
    order = buy()
    response = get(order)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="receipt-{order.pk}.pdf"'
    )
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    facts = PdfDocument(response.content).get_metadata_dict()
    assert facts["Title"] == f"Receipt {order.pk}"
    assert "Gentle" not in str(facts)


def test_who_wants_no_receipt_by_e_mail_finds_it_here_only(buy):
    order = buy(metadata={"discreet_shipping": {"version": 1, "receipt": "none"}})
    page = link_holder(order).get(f"/orders/{order.token}/").content.decode()
    assert "as you wished, no e-mail has it" in page
    assert get(order).status_code == 200


def test_an_unpaid_order_has_none(place):
    assert get(place()).status_code == 404


def test_it_is_for_the_reader_of_the_order_only(buy):
    order = buy()
    for somebody in (anonymous(), wrong_customer(), staff("order.manage_orders"), owner()):
        response = get(order, somebody)
        assert response.status_code == 403
        assert not response.content.startswith(b"%PDF")

"""Stripe's file beside the books: what agrees, what is missing where, what differs, and the fees."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from saleor.order.models import Order
from saleor.payment.models import Payment, Transaction

from plugins.ordering.models import Dispute, Refund, RefundPart
from plugins.stripe_payments.payouts import Difference, PayoutsRefused, compare
from plugins.stripe_payments.policies import PROVIDER
from tests import personas

pytestmark = pytest.mark.django_db

HEADINGS = (
    "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,"
    "reporting_category,source_id,payment_intent_id,customer_facing_amount,"
    "customer_facing_currency,description"
)


def paid(intent, amount="20.00", gateway=PROVIDER):
    order = Order.objects.create(currency="GBP")
    payment = Payment.objects.create(
        order=order, gateway=gateway, currency="GBP", total=amount, captured_amount=amount,
        token=intent,
    )  # fmt: skip
    Transaction.objects.create(
        payment=payment, token=intent, kind="capture", is_success=True, amount=amount,
        currency="GBP", gateway_response={},
    )  # fmt: skip
    return payment


def refunded(payment, reference, amount="5.00", state="succeeded"):
    refund = Refund.objects.create(
        order=payment.order, key=reference, amount_value=amount, currency="GBP", state=state,
        number=Refund.objects.count() + 1, booked_at=timezone.now(),
    )  # fmt: skip
    RefundPart.objects.create(
        refund=refund, payment=payment, key=reference, reference=reference, amount_value=amount,
        currency="GBP", state=state,
    )  # fmt: skip


def file(*rows, headings=HEADINGS):
    return "\n".join([headings, *rows]).encode()


def row(txn, category, gross, *, source="", intent="", fee="0.00", shown=",", ago=0):
    at = (timezone.now() - timedelta(minutes=ago)).strftime("%Y-%m-%d %H:%M:%S")
    net = Decimal(gross) - Decimal(fee)
    return f"po_1,{txn},{at},gbp,{gross},{fee},{net},{category},{source},{intent},{shown},words"


def ends():
    """Rows of the two payments of `books`, an hour before now and an hour after."""
    return [
        row("txn_a", "charge", "20.00", intent="pi_first", source="ch_0", ago=60),
        row("txn_z", "charge", "20.00", intent="pi_last", source="ch_9", ago=-60),
    ]


@pytest.fixture
def books():
    """Two payments that every file here has, so that its times hold all that a test records."""
    paid("pi_first")
    paid("pi_last")


def test_a_month_that_agrees(books):
    payment = paid("pi_1")
    refunded(payment, "re_1")
    Dispute.objects.create(payment=payment, reference="dp_1", amount_value="15.00", currency="GBP")
    found = compare(
        file(
            *ends(),
            row("txn_1", "charge", "20.00", intent="pi_1", source="ch_1", fee="0.50"),
            row("txn_2", "refund", "-5.00", intent="pi_1", source="re_1"),
            row("txn_3", "dispute", "-15.00", intent="pi_1", source="dp_1", fee="20.00"),
            row("txn_4", "fee", "-2.00", source="fee_1"),
            row("txn_5", "payout", "-16.00", source="po_1"),
        )
    )
    assert found.agrees
    assert found.matched == {"Payment": 3, "Refund": 1, "Dispute": 1}
    assert found.sums["charge", "GBP"].fee == Decimal("0.50")
    assert found.sums["charge", "GBP"].net == Decimal("59.50")
    assert found.sums["dispute", "GBP"].fee == Decimal("20.00")
    assert found.sums["payout", "GBP"].gross == Decimal("-16.00")


def test_each_difference_is_named(books):
    missing, differs = paid("pi_here"), paid("pi_2", "20.00")
    refunded(differs, "re_failed", state="failed")
    refunded(missing, "re_here")
    paid("ch_other", gateway="fake")  # not Stripe's
    found = compare(
        file(
            *ends(),
            row("txn_1", "charge", "19.00", intent="pi_2", source="ch_2"),
            row("txn_2", "charge", "8.00", intent="pi_there", source="ch_3"),
            row("txn_3", "refund", "-5.00", intent="pi_2", source="re_failed"),
            row("txn_4", "refund_failure", "5.00", intent="pi_2", source="re_failed"),
        )
    )
    assert [(d.reference, d.order, d.row, d.theirs, d.ours) for d in found.differing] == [
        ("pi_2", differs.order_id, 4, Decimal("19.00"), Decimal("20.00"))
    ]
    assert [tuple(map(str, d.figures)) for d in found.differing] == [("19.00", "20.00")]
    assert [(d.reference, d.order, d.theirs) for d in found.missing_here] == [
        ("pi_there", None, Decimal("8.00"))
    ]
    assert {(d.kind, d.reference, d.order, d.ours) for d in found.missing_there} == {
        ("Payment", "pi_here", missing.order_id, Decimal("20.00")),
        ("Refund", "re_here", missing.order_id, Decimal("-5.00")),
    }
    assert found.matched == {"Payment": 2, "Refund": 1}  # a refund that failed moved nothing
    assert not found.agrees


def test_paid_out_in_another_currency_the_customers_amount_is_compared(books):
    refunded(paid("pi_1"), "re_1")
    found = compare(
        file(
            *ends(),
            row("txn_1", "charge", "23.41", intent="pi_1", source="ch_1", shown="20.00,gbp"),
            row("txn_2", "refund", "-5.85", source="re_1", shown="5.00,gbp"),
        ).replace(b",gbp,23.41", b",eur,23.41").replace(b",gbp,-5.85", b",eur,-5.85")
    )  # fmt: skip
    assert found.agrees
    assert found.sums["charge", "EUR"].gross == Decimal("23.41")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in this file."),
        (file(), "There is no row below the headings."),
        (file("x", headings="currency,gross"), "Row 1, balance_transaction_id: this column"),
        (
            file(row("txn_1", "charge", "1.00", intent="pi_1")).replace(b",1.00,0.00", b",1;00,0"),
            "Row 2, gross: write an amount, such as 12.50.",
        ),
        (file(row("txn_1", "charge", "1.00")), "Row 2, payment_intent_id: this cell is empty."),
        (file(row("txn_1", "refund", "1.00")), "Row 2, source_id: this cell is empty."),
        (
            file(row("t", "fee", "1.00"), row("t", "fee", "1.00")),
            "Row 3, balance_transaction_id: the same as in row 2.",
        ),
        (
            file(row("t", "fee", "1.00")).replace(b",gbp,", b",pounds,"),
            "Row 2, currency: write a currency, such as gbp.",
        ),
        (
            file(row("t", "fee", "1.00")).replace(b":", b"h"),
            "Row 2, created_utc: write a time, such as 2026-11-30 09:15:00.",
        ),
    ],
)
def test_bad_rows_are_named_by_row_and_column(content, said):
    with pytest.raises(PayoutsRefused) as refused:
        compare(content)
    assert said in str(refused.value)


def upload(who, content):
    sent = SimpleUploadedFile("payouts.csv", content, "text/csv")
    return who.post("/staff/payouts/", {"file": sent})


def test_the_page_shows_differences_and_writes_nothing(books):
    payment = paid("pi_1", "20.00")
    before = list(Order.objects.values()), list(Payment.objects.values("pk", "captured_amount"))
    answer = upload(
        personas.in_role("Manager"),
        file(*ends(), row("txn_1", "charge", "19.00", intent="pi_1", source="ch_1")),
    )
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "There are differences" in html
    assert ">Payouts</a>" not in html.partition("<h1")[2].partition("</h1>")[0]  # said once
    assert "Differing amounts: 1" in html
    assert f'<td class="pr-4 py-2">{payment.order_id}</td>' in html
    assert list(Order.objects.values()) == before[0]
    assert list(Payment.objects.values("pk", "captured_amount")) == before[1]


def test_the_page_sets_its_sentences_apart(books):
    refunded(paid("pi_1"), "re_1")
    answer = upload(
        personas.in_role("Manager"),
        file(
            *ends(),
            row("txn_1", "charge", "20.00", intent="pi_1", source="ch_1"),
            row("txn_2", "refund", "-5.00", source="re_1"),
        ),
    )
    words = " ".join(answer.content.decode().split())
    assert "Payments that agree: 3. Refunds that agree: 1." in words


def test_the_page_names_bad_rows_and_asks_for_a_file():
    manager = personas.in_role("Manager")
    answer = upload(manager, file(row("txn_1", "charge", "1.00")))
    assert answer.status_code == 422
    assert "Row 2, payment_intent_id: this cell is empty." in answer.content.decode()
    assert manager.post("/staff/payouts/").status_code == 422
    assert manager.get("/staff/payouts/").status_code == 200


def test_support_cannot_compare():
    assert upload(personas.in_role("Support"), file()).status_code == 403


def test_amounts_of_yen_and_dinars_are_shown_as_they_are_written():
    yen = Difference("Payment", "pi", 1, 2, Decimal(4695), Decimal("4695.000"), "JPY")
    dinars = Difference("Payment", "pi", 1, None, None, Decimal("46.95"), "KWD")
    assert [tuple(map(str, one.figures)) for one in (yen, dinars)] == [
        ("4695", "4695"), ("-", "46.950")
    ]  # fmt: skip

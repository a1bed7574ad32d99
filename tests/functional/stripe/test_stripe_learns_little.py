"""Stripe learns an order number and an amount. Nothing that was bought, and not by whom."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import yaml
from django.utils import timezone
from prices import Money
from saleor.order.models import Order

from plugins.discreet_shipping.order_contract import contract_of
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.ending import release_order
from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import request_refund
from plugins.stripe_payments import events
from plugins.stripe_payments.provider import StripePayments
from tests.factories import basket, variant_in_stock
from tests.functional.stripe.sandbox import send

pytestmark = pytest.mark.django_db(transaction=True)
DATA = Path(__file__).parents[3] / "product_content" / "data"
# words that an honest payment request needs, or that are in every HTTP request
NEUTRAL = set(
    """
    a about accept all and any application are as at back bindings can checkout client close code
    connection content created data date description do each encoding end expand for form from gb
    get gzip have host how if in intent is it item items just key keep keys lang language length
    line live local long mode more name new no not of on one only open or order order's out own
    page pay payment platform price product quantity read reference refund request retry return
    s same see send session sessions so source stripe success suffix test text that the then there
    this time times to total type unit up url use user v version was way we what when where which
    who why with x you your agent linux statement descriptor enabled amount currency metadata
    cancel complete status limit list number python requests allowed method card link wallet
    display never basket options refunds types
    """.split()  # noqa: SIM905  words, not code
)


def catalogue_words():
    """Return every word of the catalogue and the guides that is not plain English of HTTP."""
    texts = [path.read_text() for path in DATA.rglob("*.md")]
    texts += [str(yaml.safe_load(path.read_text())) for path in DATA.rglob("*.yaml")]
    without_links = re.sub(r"https?://\S+", "", " ".join(texts).lower())
    words = set(re.findall(r"[a-z][a-z'-]{3,}", without_links))
    return words - NEUTRAL


def told(sandbox):
    """Return all that the shop's client ever sent to Stripe, one text without Stripe's own ids.

    These are random, so any three letters of a postcode stand in one sooner or later.
    """
    rows = [row for row in sandbox.read("requests") if "PythonBindings" in row["body"]]
    assert rows
    sent = "\n".join(unquote_plus(f"{row['path']} {row['body']}") for row in rows)
    return re.sub(r"\b[a-z]{2,5}_[A-Za-z0-9]{24}\b", "<id>", sent).lower()


@pytest.fixture
def sold(sandbox):
    """An order for a product with telling names, by a customer with a name, paid and refunded."""
    variant = variant_in_stock(5, product__name="Gentle silicone dilator set", sku="DILATOR-SET-9")
    checkout = basket((variant, 1), note="Please knock twice", email="robin@example.org")
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    return placed


def run_everything(client, sandbox, placed):
    session = PaymentSession.objects.get(order_id=placed.order_id)
    sandbox.pay(session.reference)
    send(client, sandbox.event("checkout.session.completed"))
    for key, amount in (("words-1", "1.00"), ("words-2", "2.00")):
        request_refund(
            order_id=placed.order_id,
            key=f"{key}-{placed.order_token[:8]}",
            reason="The dilator set broke",
            amount=Money(amount, "GBP"),
        )
    release_order(order_id=placed.order_id, reason="x")
    events.reconcile()


def test_no_word_of_the_catalogue_or_the_guides_reaches_stripe(client, sandbox, sold):
    words = catalogue_words()
    assert {"dilator", "pelvic", "vaginismus"} & words
    run_everything(client, sandbox, sold)
    sent = set(re.findall(r"[a-z][a-z'-]{3,}", told(sandbox)))
    assert sent & words == set()


def test_nothing_of_the_customer_reaches_stripe(client, sandbox, sold):
    run_everything(client, sandbox, sold)
    sent = told(sandbox)
    order = Order.objects.get(pk=sold.order_id)
    for secret in (
        "robin", "marsh", "mill lane", "lewes", "bn7", "knock", "dilator", order.token,
        "silicone", "broke",
    ):  # fmt: skip
        assert secret.lower() not in sent, secret


def test_customers_are_offered_only_the_ways_to_pay_that_they_were_told_of(sandbox, sold, settings):
    reference = PaymentSession.objects.get(order_id=sold.order_id).reference
    opened = {one["id"]: one for one in sandbox.read("sessions")}[reference]
    assert opened["payment_method_types"] == ["card"]
    assert opened["wallet_options"] == {"link": {"display": "never"}}
    settings.STRIPE_PAYMENT_METHODS = ["card", "bacs_debit"]
    both = place_order(checkout_token=basket((variant_in_stock(3), 1)).pk)
    start_payment(order_id=both.order_id)
    reference = PaymentSession.objects.get(order_id=both.order_id).reference
    opened = {one["id"]: one for one in sandbox.read("sessions")}[reference]
    assert opened["payment_method_types"] == ["card", "bacs_debit"]


def test_stripe_gets_the_email_only_where_the_customer_wants_its_receipt(sandbox, sold):
    opened = StripePayments().open(
        order_number="7", order_token="t" * 36, amount=Money("5.00", "GBP"),
        expires_at=timezone.now() + timedelta(minutes=34), return_url="http://testserver/",
        cancel_url="http://testserver/basket/", idempotency_key=f"stillwater-session-{sold.order_token}",
        receipt_email="robin@example.net",
    )  # fmt: skip
    (made,) = [s for s in sandbox.read("sessions") if s["id"] == opened.reference]
    assert made["customer_email"] == "robin@example.net"


def test_the_line_on_statements_is_the_one_that_customers_are_shown(sandbox, sold):
    sandbox.pay(PaymentSession.objects.get(order_id=sold.order_id).reference)
    charge = sandbox.event("charge.succeeded")["data"]["object"]
    shown = contract_of(Order.objects.get(pk=sold.order_id))["payment_methods"]
    assert [row["statement"] for row in shown] == ["STILLWATER* ORDER"]
    assert charge["calculated_statement_descriptor"] == "STILLWATER* ORDER"


def test_staff_are_told_once_if_the_account_has_another_prefix(sandbox, settings):
    assert events.statement_is_as_shown()
    assert not OutgoingEmail.objects.exists()
    settings.STRIPE_STATEMENT_PREFIX = "STILL"
    settings.STAFF_EMAILS = ["desk@example.org"]
    assert [events.statement_is_as_shown() for _ in range(2)] == [False, False]
    assert OutgoingEmail.objects.get().dedup_key == "statement_line_differs:STILL-STILLWATER"


def test_a_key_that_may_not_read_the_account_tells_nothing(sandbox, settings):
    settings.STRIPE_STATEMENT_PREFIX = "STILL"
    sandbox.fault("error_500", "GET /v1/account", times=3)
    assert events.statement_is_as_shown()
    assert not OutgoingEmail.objects.exists()

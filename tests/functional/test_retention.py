"""What /privacy/ promises to forget is forgotten, by a task that runs, and nothing else is."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.html import strip_tags
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.discount.models import VoucherCustomer
from saleor.order.events import order_note_added_event
from saleor.order.models import Order

from dashboard.models import ErrorReport
from plugins.fulfilment.models import NextOrderNote
from plugins.inventory.models import BackInStockAlert
from plugins.order_emails.models import CustomerMessage, EmailState, OutgoingEmail
from plugins.ordering.attention import flag_order
from plugins.ordering.ending import release_order
from plugins.ordering.erasure import anonymise_old_orders
from plugins.ordering.gift_cards import GiftCardWish, place_gift_card, signed_wish
from plugins.ordering.links import ORDER_ACCESS_LIFETIME
from plugins.ordering.models import GiftCardSale, OrderOrigin, PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.retention import RETENTION
from plugins.stripe_payments.models import EventState, StripeEvent
from plugins.taxes.models import ReliefDeclaration
from storefront.models import SavedVariant
from tests.factories import UserFactory, VoucherFactory, basket, variant_in_stock
from tests.personas import anonymous

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = ("robin@example.org", "Robin", "Marsh", "Mill Lane", "LEWES", "Bluebell")


def placed(**fields):
    checkout = basket((variant_in_stock(9), 1), **fields)
    checkout.store_value_in_metadata({"discreet_shipping": {"version": 1, "code_word": "Bluebell"}})
    checkout.save()
    return place_order(checkout_token=checkout.pk)


def paid_order():
    order = placed()
    start_payment(order_id=order.order_id)
    session = PaymentSession.objects.get(order_id=order.order_id)
    record_payment(
        provider="fake", reference=session.reference, amount=order.total, raw_id=f"ch_{session.pk}"
    )
    return Order.objects.get(pk=order.order_id)


def order_with_relief():
    order = paid_order()
    ReliefDeclaration.objects.create(order=order, sealed="x", declared_at=timezone.now())
    return order


def unpaid_order():
    order_id = placed().order_id
    release_order(order_id=order_id, reason="Not paid in time.")
    Checkout.objects.all().delete()
    return Order.objects.get(pk=order_id)


def aged(row, field, moment):
    type(row).objects.filter(pk=row.pk).update(**{field: moment})
    return row


def email_row():
    return OutgoingEmail.objects.create(
        about="order-0", kind="order_confirmed", dedup_key="paid", message_id="<1@x>",
        state=EmailState.SENT,
        next_try_at=timezone.now(),
    )  # fmt: skip


def stripe_event():
    return StripeEvent.objects.create(
        event_id="evt_1", kind="x", object_id="cs_1", state=EventState.DONE,
        created_at=timezone.now(), next_try_at=timezone.now(),
    )  # fmt: skip


def back_in_stock_alert():
    sold_out = variant_in_stock(0)
    return BackInStockAlert.objects.create(
        variant=sold_out, email="robin@example.org", language="en"
    )


def log_line():
    return LogEntry.objects.create(
        user=UserFactory(), content_type=ContentType.objects.get_for_model(Order),
        object_id="1", object_repr="#1", action_flag=CHANGE,
    )  # fmt: skip


def log_in_try():
    AccessLog.objects.create(username="a", ip_address="192.0.2.1", path_info="/staff/login/")
    return AccessAttempt.objects.create(
        username="a", ip_address="192.0.2.1", path_info="/staff/login/", failures_since_start=1
    )


def error_report():
    now = timezone.now()
    return ErrorReport.objects.create(
        fingerprint="f", kind="error", what="ValueError", first_at=now, last_at=now
    )


def sold_card():
    wish = GiftCardWish("50.00", "GBP", "email", "a@example.org", "b@example.org", key="k")
    order = place_gift_card(shown=signed_wish(wish))
    start_payment(order_id=order.order_id)
    session = PaymentSession.objects.get(order_id=order.order_id)
    record_payment(
        provider="fake", reference=session.reference, amount=order.total, raw_id=f"ch_{session.pk}"
    )
    return GiftCardSale.objects.get()


def saved_variant():
    return SavedVariant.objects.create(user=UserFactory(), variant=variant_in_stock(1))


# What each row of the table is about: how to make one, and the field that says how old it is.
EXAMPLES = {
    "baskets": (lambda: basket((variant_in_stock(9), 1)), "last_change"),
    "unpaid_orders": (unpaid_order, "created"),
    "orders": (paid_order, "created"),
    "relief": (order_with_relief, "created"),
    "gift_cards": (sold_card, "issued_at"),
    "saved": (saved_variant, "saved_at"),
    "emails": (email_row, "created_at"),
    "payment_notices": (stripe_event, "received_at"),
    "messages": (
        lambda: CustomerMessage.objects.create(email="a@example.org", text="Hello"),
        "received_at",
    ),
    "next_order_notes": (
        lambda: NextOrderNote.objects.create(email="a@example.org", text="Add a pouch"),
        "written_at",
    ),
    "back_in_stock_alerts": (back_in_stock_alert, "created_at"),
    "staff_log": (log_line, "action_time"),
    "error_reports": (error_report, "last_at"),
    "unconfirmed": (lambda: UserFactory(password=make_password(None)), "date_joined"),
    "sign_in_tries": (log_in_try, "attempt_time"),
    "origins": (
        lambda: OrderOrigin.objects.create(order=unpaid_order(), pieces=1, email="a1"),
        "placed_at",
    ),
}  # fmt: skip


def run(name):
    module, task = RETENTION[name].task.rsplit(".", 1)
    return getattr(import_module(module), task)()


def is_forgotten(row):
    fresh = type(row).objects.filter(pk=row.pk).first()
    if isinstance(fresh, GiftCardSale):
        return not fresh.recipient
    return fresh is None or (isinstance(fresh, Order) and not fresh.get_customer_email())


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_too_old_is_deleted_and_what_is_younger_stays(name):
    make, field = EXAMPLES[name]
    period = RETENTION[name].period
    row = make()
    aged(row, field, timezone.now() - period + timedelta(hours=1))
    run(name)
    assert not is_forgotten(row)
    aged(row, field, timezone.now() - period - timedelta(hours=1))
    run(name)
    assert is_forgotten(row)


def test_sign_ins_are_forgotten_when_they_have_ended():
    now = timezone.now()
    for key, ends in (("ended", now - timedelta(seconds=1)), ("runs", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    run("sign_ins")
    assert [session.session_key for session in Session.objects.all()] == ["runs"]


def test_every_promise_has_an_example_and_a_task_that_runs(settings):
    assert set(EXAMPLES) | {"sign_ins"} == set(RETENTION)
    beaten = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {kept.task for kept in RETENTION.values()} <= beaten


def test_the_page_names_each_period_of_the_table_and_no_other(settings):
    page = anonymous().get("/privacy/").content.decode()
    kept_here = re.sub(r'(?s)<head.*?</head>|aria-label="Cookies".*?</table>', "", page)
    text = strip_tags(kept_here.replace("<", " <"))
    named = set(re.findall(r"(?<!-)\b(\d+ (?:minute|hour|day|week|month|year)s?)\b", text))
    enforced = {kept.words for kept in RETENTION.values()}
    assert set(re.findall(r'class="period">(.*?)<', page)) == enforced
    opens = f"{ORDER_ACCESS_LIFETIME // timedelta(hours=1)} hours"  # an order, in its browser
    assert named == enforced | {f"{settings.RESERVATION_MINUTES} minutes", opens}
    assert not re.search(r"(?i)\b(one|two|three|six|seven|ten|twelve) (day|week|month|year)", text)


def everything_about(order, addresses):
    """Return all rows that hang on an order, as text; `addresses` are ids of its addresses."""
    rows = [order, *order.events.all(), *order.payments.all(), *order.payment_sessions.all()]
    rows += [*order.emails.all(), *order.refunds.all(), *Address.objects.filter(pk__in=addresses)]
    return "\n".join(str(vars(row)) for row in rows)


@pytest.mark.parametrize("make", [paid_order, unpaid_order])
def test_an_old_order_keeps_its_amounts_and_no_person(make):
    order = make()
    staff = UserFactory(is_staff=True)
    order_note_added_event(order=order, user=staff, message="Robin Marsh phoned.")
    order.events.create(type="email_sent", parameters={"email": PERSON[0], "email_type": "x"})
    own = (order.billing_address_id, order.shipping_address_id)
    assert all(word in everything_about(order, own) for word in PERSON)
    aged(order, "created", timezone.now() - RETENTION["orders"].period - timedelta(hours=1))
    assert (anonymise_old_orders(), anonymise_old_orders()) == (1, 0)
    after = Order.objects.get()
    assert [word for word in PERSON if word in everything_about(after, own)] == []
    assert (after.total_gross, after.status) == (order.total_gross, order.status)
    assert [line.unit_price_gross for line in after.lines.all()] == [
        line.unit_price_gross for line in order.lines.all()
    ]
    assert after.payments.count() == order.payments.count()
    assert after.token != order.token, "its address on the web leads nowhere"


def test_an_unpaid_order_that_staff_look_at_and_a_paid_one_stay():
    watched, paid = unpaid_order(), paid_order()
    flag_order(order_id=watched.pk, reason="wrong_amount", message="x")
    Order.objects.update(created=timezone.now() - timedelta(days=400))
    assert anonymise_old_orders() == 0
    assert {order.user_email for order in (watched, paid)} == {PERSON[0]}


def test_the_use_of_a_voucher_is_forgotten_with_the_last_order_of_its_person():
    voucher = VoucherFactory()
    VoucherCustomer.objects.create(voucher=voucher, customer_email=PERSON[0])
    old, young = paid_order(), paid_order()
    aged(old, "created", timezone.now() - timedelta(days=4000))
    anonymise_old_orders()
    assert VoucherCustomer.objects.count() == 1
    aged(young, "created", timezone.now() - timedelta(days=4000))
    anonymise_old_orders()
    assert VoucherCustomer.objects.count() == 0


def test_an_order_keeps_the_rows_of_its_emails_until_it_is_forgotten():
    order = paid_order()
    OutgoingEmail.objects.update(created_at=timezone.now() - timedelta(days=900))
    run("emails")
    assert OutgoingEmail.objects.filter(order=order).exists()
    aged(order, "created", timezone.now() - timedelta(days=4000))
    anonymise_old_orders()
    run("emails")
    assert not OutgoingEmail.objects.exists()

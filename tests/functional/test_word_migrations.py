"""A database with rows of the former names keeps them, and nobody is written to a second time.

Each `keep_…` makes rows, waits for the migration at its `yield`, then looks at what became of them.
"""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from dashboard.models import AccessRecord, SavedView
from plugins.inventory.models import BackInStockAlert, LedgerCheck, ReorderPoint, StockDocument
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.plugin import payment_needs_attention
from plugins.stripe_payments.models import UnmatchedPayment
from tests.factories import UserFactory, variant_in_stock
from tests.migrating import migrate, newest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # four apps migrate back and forth

BEFORE = [
    ("dashboard", "0008_looks_at_subject"),
    ("inventory", "0005_noted_entries"),
    ("order_emails", "0004_quick_lists"),
    ("stripe_payments", "0003_quick_lists"),
]


def email(old, **fields):
    """Store an e-mail as it was before `dedup_key`."""
    number = old.get_model("order_emails", "OutgoingEmail").objects.count()
    return old.get_model("order_emails", "OutgoingEmail").objects.create(
        message_id=f"<{number}@test>", next_try_at=timezone.now(), state="sent", **fields
    )


def keep_stock(old):
    variant = variant_in_stock(0)
    stock, now = variant.stocks.get(), timezone.now()
    wish = old.get_model("inventory", "StockWish").objects.create(
        variant_id=variant.pk, email="robin@example.org", language="en", path="/sets/x/"
    )
    old.get_model("inventory", "StockPosting").objects.create(
        key="6f1f5a52-6f0e-4f0c-a1ce-0a3a3d5f3c11", reason="counted"
    )
    old.get_model("inventory", "ReorderPoint").objects.create(
        stock_id=stock.pk, pieces=3, told_at=now
    )
    old.get_model("inventory", "LedgerCheck").objects.create(
        differences=1, first_ones=["stock 1"], unexplained=0
    )
    email(old, kind="back_in_stock", about=f"wish-{wish.pk}", occasion="back")
    yield
    assert BackInStockAlert.objects.get().pk == wish.pk
    assert StockDocument.objects.get().reason == "counted"
    assert ReorderPoint.objects.get().alerted_at == now
    assert LedgerCheck.objects.get().first_differences == ["stock 1"]
    assert OutgoingEmail.objects.get(kind="back_in_stock").about == f"alert-{wish.pk}"


def keep_payments(old):
    old.get_model("stripe_payments", "StrayPayment").objects.create(
        intent="pi_1", amount=1250, currency="GBP"
    )
    email(old, kind="payment_attention", about="shop", occasion="stray_payment:stray-pi_1")
    email(old, kind="payment_attention", about="shop", occasion="paid_twice:paid_twice-9")
    yield
    assert UnmatchedPayment.objects.get().received_at
    emails = OutgoingEmail.objects.filter(kind="payment_attention")
    payment_needs_attention(order_id=None, reason="unmatched_payment", dedup_key="unmatched-pi_1")
    assert set(emails.values_list("dedup_key", flat=True)) == {
        "unmatched_payment:unmatched-pi_1", "paid_twice:paid_twice-9",
    }  # fmt: skip


def keep_permissions(old):
    kind = old.get_model("contenttypes", "ContentType").objects.get(model="straypayment")
    permission, _ = old.get_model("auth", "Permission").objects.get_or_create(
        content_type_id=kind.pk, codename="view_straypayment",
        defaults={"name": "Can view stray payment"},
    )  # fmt: skip
    yield
    renamed = Permission.objects.get(pk=permission.pk)
    assert renamed.codename == "view_unmatchedpayment"
    assert renamed.name == "Can view unmatched payment"
    assert renamed.content_type.model == "unmatchedpayment"


def keep_access_log(old):
    person = UserFactory()
    record = old.get_model("dashboard", "AccessRecord").objects.create(
        actor_id=person.pk, kind="sheet", subject_id=5
    )
    views = old.get_model("dashboard", "SavedView").objects
    for name, query in (("labels", "kind__exact=sheet&o=1"), ("others", "kind__exact=order")):
        views.create(owner_id=person.pk, list_name="dashboard.accessrecord", name=name, query=query)
    views.create(
        owner_id=person.pk, list_name="stripe_payments.straypayment", name="new", query="o=-1"
    )
    yield
    assert AccessRecord.objects.get(pk=record.pk).get_kind_display() == "Label or slip"
    assert set(SavedView.objects.values_list("list_name", "query")) == {
        ("dashboard.accessrecord", "kind__exact=document&o=1"),
        ("dashboard.accessrecord", "kind__exact=order"),
        ("stripe_payments.unmatchedpayment", "o=-1"),
    }


def test_rows_of_the_former_names_stay(settings):
    """One test for all: migrating back and forth takes seconds, and all do it alike."""
    settings.STAFF_EMAILS = ["staff@example.org"]
    ContentType.objects.get_for_model(UnmatchedPayment)
    old = migrate(BEFORE).apps
    parts = [keep_stock(old), keep_payments(old), keep_permissions(old), keep_access_log(old)]
    for part in parts:
        next(part)
    migrate(newest(*(app for app, _ in BEFORE)))
    ContentType.objects.clear_cache()
    for part in parts:
        assert next(part, None) is None

"""Staff hear once of low stock; customers who asked hear once of what is back."""

import re
from datetime import timedelta

import pytest
from django.core import mail, signing
from django.utils import timezone
from saleor.warehouse.models import Stock

from plugins.inventory import tasks
from plugins.inventory.alerts import (
    alert_token,
    delete_back_in_stock_alert,
    request_back_in_stock_alert,
    variant_token,
)
from plugins.inventory.models import BackInStockAlert, ReorderPoint
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.outbox import send_emails
from tests.factories import variant_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _staff(settings):
    settings.STAFF_EMAILS = ["stock@stillwater.example"]


def sent(kind):
    for email in OutgoingEmail.objects.filter(kind=kind, state="waiting"):
        send_emails(email_ids=[email.pk])
    return mail.outbox


def set_stock(quantity):
    Stock.objects.update(quantity=quantity)


def test_staff_are_told_once_per_crossing():
    stock = variant_in_stock(9, sku="LOW-1").stocks.get()
    ReorderPoint.objects.create(stock=stock, pieces=5)
    assert tasks.send_low_stock_alerts() == 0

    set_stock(5)
    assert [tasks.send_low_stock_alerts(), tasks.send_low_stock_alerts()] == [1, 0]
    set_stock(3)
    assert tasks.send_low_stock_alerts() == 0
    (message,) = sent("low_stock")
    assert message.to == ["stock@stillwater.example"]
    assert "LOW-1" in message.body
    assert "LOW" not in message.subject

    set_stock(6)
    assert tasks.send_low_stock_alerts() == 0
    ReorderPoint.objects.update(alerted_at=None)
    set_stock(5)
    assert tasks.send_low_stock_alerts() == 1


def ask_for_alert(variant, email="Robin@Example.org", language="en"):
    request_back_in_stock_alert(variant_id=variant.pk, email=email, language=language)


def test_who_asked_is_told_once_and_forgotten():
    variant, other = variant_in_stock(0), variant_in_stock(0)
    ask_for_alert(variant)
    ask_for_alert(variant, "robin@example.org")
    ask_for_alert(other)
    assert BackInStockAlert.objects.count() == 2
    assert tasks.send_back_in_stock_alerts() == 0

    Stock.objects.filter(product_variant=variant).update(quantity=1)
    assert [tasks.send_back_in_stock_alerts(), tasks.send_back_in_stock_alerts()] == [1, 0]
    assert BackInStockAlert.objects.get().variant_id == other.pk

    (message,) = sent("back_in_stock")
    assert message.to == ["robin@example.org"]
    html = message.alternatives[0][0]
    for text in (message.body, html):
        assert "/open/" in text
        assert "/wishes/" in text
        assert variant.product.name not in text
        assert variant.product.slug not in text
    assert variant.product.name not in message.subject
    assert OutgoingEmail.objects.get().to_address == ""


def _paths(message):
    headers = str(message.message()["List-Unsubscribe"])
    return re.findall(r"http://testserver(/[^\s>\"]*)", f"{message.body} {headers}")


def test_links_say_nothing_when_read_decoded_or_compared_and_open_the_product(shop, client):
    shop.set_stock(shop.starter, 1)
    for address in ("robin@example.org", "kim@example.org"):
        ask_for_alert(shop.starter, address)
    tasks.send_back_in_stock_alerts()
    mails = [_paths(message) for message in sent("back_in_stock")]
    for paths in mails:
        assert {path.split("/")[1] for path in paths} == {"open", "wishes"}
        for path in paths:
            token = path.split("/")[2]
            assert re.fullmatch(r"[A-Za-z0-9]{40}:[\w-]{43}", token)  # random, a hash, a signature
    assert not set(mails[0]) & set(mails[1])
    answer = client.get(next(path for path in mails[0] if path.startswith("/open/")))
    page = f"/sets/{shop.starter.product.slug}/?option={shop.starter.pk}"
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/open/made-up/").status_code == 404


def test_a_link_to_what_is_no_longer_sold_opens_nothing(shop, client):
    path = f"/open/{variant_token(shop.starter.pk)}/"
    shop.starter.product.is_published = False
    shop.starter.product.save()
    assert client.get(path).status_code == 404


def test_a_link_of_before_links_were_opaque_takes_the_wish_back():
    ask_for_alert(variant_in_stock(0))
    older = signing.dumps(BackInStockAlert.objects.get().pk, salt="inventory.wish")
    assert delete_back_in_stock_alert(token=older) is True
    assert not BackInStockAlert.objects.exists()


def test_they_are_told_in_the_language_they_asked_in():
    variant = variant_in_stock(1)
    ask_for_alert(variant, language="es")
    tasks.send_back_in_stock_alerts()
    assert OutgoingEmail.objects.get().language == "es"


def test_what_is_set_aside_does_not_count_as_back(warehouse):
    variant = variant_in_stock()
    ask_for_alert(variant)
    warehouse.shipping_zones.clear()
    Stock.objects.create(warehouse=warehouse, product_variant=variant, quantity=3)
    assert tasks.send_back_in_stock_alerts() == 0


def test_a_wish_is_taken_back_by_its_link_only():
    ask_for_alert(variant_in_stock(0))
    token = alert_token(BackInStockAlert.objects.get())
    assert delete_back_in_stock_alert(token=f"{token}x") is False
    assert BackInStockAlert.objects.exists()
    assert delete_back_in_stock_alert(token=token) is True
    assert not BackInStockAlert.objects.exists()
    assert delete_back_in_stock_alert(token=token) is True


def test_an_address_that_nothing_came_of_is_forgotten_after_a_year():
    ask_for_alert(variant_in_stock(0))
    BackInStockAlert.objects.update(created_at=timezone.now() - timedelta(days=366))
    tasks.send_back_in_stock_alerts()
    assert not BackInStockAlert.objects.exists()
    assert not OutgoingEmail.objects.exists()

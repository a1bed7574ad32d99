"""Every section of /staff/, tried by everyone."""

import pytest
from django.urls import reverse

from tests import personas

pytestmark = pytest.mark.django_db

SECTIONS = {
    "order_order": "order.manage_orders",
    "stripe_payments_unmatchedpayment": "order.manage_orders",
    "stripe_payments_stripeevent": "order.manage_orders",
    "stripe_payments_refusedwebhook": "order.manage_orders",
    "dashboard_stockitem": "dashboard.manage_stock",
    "inventory_stockentry": "dashboard.manage_stock",
    "product_product": "product.manage_products",
    "product_productvariant": "product.manage_products",
    "product_content_guide": "product.manage_products",
    "product_content_size": "product.manage_products",
    "shipping_shippingzone": "shipping.manage_shipping",
    "warehouse_warehouse": "shipping.manage_shipping",
    "discount_voucher": "discount.manage_discounts",
    "dashboard_maskedgiftcard": "giftcard.manage_gift_card",
    "dashboard_customer": "account.manage_users",
    "dashboard_staffmember": "account.manage_staff",
    "auth_group": "account.manage_staff",
}
PAYMENTS = {name for name in SECTIONS if name.startswith("stripe_payments_")}
READ_ONLY = {"order_order", "dashboard_customer", "inventory_stockentry"} | PAYMENTS
WITHOUT_ADDING = READ_ONLY | {"product_productvariant"}
sections = pytest.mark.parametrize("section", SECTIONS)


def url(section, page="changelist"):
    return reverse(f"admin:{section}_{page}")


def links(html):
    return {section for section in SECTIONS if f'href="{url(section)}"' in html}


@sections
def test_strangers_and_customers_are_sent_to_log_in(section):
    for who in (personas.anonymous(), personas.customer()):
        answer = who.get(url(section))
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/staff/login/?next={url(section)}"


@sections
def test_staff_with_every_other_permission_are_refused(section):
    others = set(SECTIONS.values()) - {SECTIONS[section]}
    who = personas.staff(*others)

    for page in ("changelist", "add"):
        answer = who.get(url(section, page))
        assert answer.status_code == 403
        assert "Your account may not open this page" in answer.content.decode()
    assert section not in links(who.get("/staff/").content.decode())


@sections
def test_staff_with_exactly_this_permission_are_let_in(section):
    who = personas.staff(SECTIONS[section])

    assert who.get(url(section)).status_code == 200
    assert who.get(url(section, "add")).status_code == (403 if section in WITHOUT_ADDING else 200)
    seen = links(who.get("/staff/").content.decode())
    assert seen == {name for name, needed in SECTIONS.items() if needed == SECTIONS[section]}


def test_the_owner_is_let_in_everywhere():
    who = personas.owner()
    assert links(who.get("/staff/").content.decode()) == set(SECTIONS)
    for section in SECTIONS:
        assert who.get(url(section)).status_code == 200
        expected = 403 if section in WITHOUT_ADDING else 200
        assert who.get(url(section, "add")).status_code == expected


def test_staff_without_any_permission_are_told_kindly():
    answer = personas.staff().get("/staff/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert links(html) == set()
    assert "Home | Stillwater staff" in html
    assert "water_drop" in html  # the shop's sign above the sidebar
    assert "Someone who manages staff can put you into a group" in html


def test_staff_who_are_switched_off_are_sent_to_log_in():
    from saleor.account.models import User

    who = personas.staff("order.manage_orders")
    User.objects.filter(is_staff=True).update(is_active=False)
    assert who.get(url("order_order")).status_code == 302


@sections
def test_nothing_can_be_deleted_from_a_list(section):
    html = personas.owner().get(url(section)).content.decode()
    assert 'value="delete_selected"' not in html


@pytest.mark.parametrize(
    "path",
    [
        "/staff/",
        "/staff/login/",
        "/staff/order/order/",
        "/staff/password_change/",
        "/staff/jsi18n/",
    ],
)
def test_every_staff_page_is_private_and_has_the_staff_policy(path):
    answer = personas.owner().get(path, follow=True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    policy = dict(
        part.strip().split(" ", 1)
        for part in answer.headers["Content-Security-Policy"].split(";")
        if part.strip()
    )
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert not any("http" in sources for sources in policy.values())


def test_the_laxer_policy_ends_at_the_staff_pages():
    answer = personas.anonymous().get("/privacy/")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_refusal_is_private_too():
    answer = personas.staff().get(url("order_order"))
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "private, no-store"

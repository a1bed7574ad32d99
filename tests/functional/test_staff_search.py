"""The search that Ctrl+K opens: by section and by order number, and never beyond one's role."""

import re

import pytest
from saleor.account.models import User

from dashboard.roles import ROLES
from tests import personas
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

LINK = re.compile(r'href="([^"]+)"')


def found(who, typed, **more):
    """Return the addresses that the search offers."""
    answer = who.get("/staff/search/", {"s": typed, "extended": "1", **more})
    assert answer.status_code == 200
    return LINK.findall(answer.content.decode())


def test_a_section_is_found_by_part_of_its_name():
    who = personas.owner()
    assert found(who, "VOUCH") == ["/staff/discount/voucher/"]
    assert found(who, "no such thing") == []


def test_a_heading_finds_all_that_stands_under_it():
    assert found(personas.owner(), "e-mails") == [
        "/staff/order_emails/outgoingemail/",
        "/staff/order_emails/customermessage/",
        "/staff/order_emails/answertemplate/",
        "/staff/product_content/review/",
        "/staff/order_emails/emailtext/",
    ]


@pytest.mark.parametrize("typed", ["{}", "#{}", " # {} "])
def test_an_order_is_found_by_its_number(typed):
    order = builders.order()
    wanted = typed.format(order.pk).replace("# ", "#")
    assert found(personas.in_role("Support"), wanted) == [f"/staff/order/order/{order.pk}/change/"]
    assert found(personas.in_role("Packer"), wanted) == []


@pytest.mark.parametrize("page", ["abc", "0", "-1", "99", "1.5", ""])
def test_a_page_that_is_none_is_the_first(page):
    assert found(personas.owner(), "guides", page=page) == ["/staff/product_content/guide/"]


@pytest.mark.parametrize("typed", ["9" * 400, "\x07", "٣", "²", "%", "<script>"])
def test_odd_letters_find_nothing_and_break_nothing(typed):
    assert found(personas.owner(), typed) == []


def test_nothing_typed_finds_nothing():
    assert personas.owner().get("/staff/search/").content == b""


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_finds_only_what_it_may_open(role):
    who = personas.in_role(role.name)
    offered = {url for letter in "aeiou" for url in found(who, letter)}
    assert offered
    assert {url: who.get(url, follow=True).status_code for url in offered} == dict.fromkeys(
        offered, 200
    )


def test_a_role_that_was_taken_away_is_gone_at_once():
    who = personas.in_role("Support")
    assert found(who, "orders") == ["/staff/order/order/"]
    User.objects.get(pk=who.session["_auth_user_id"]).user_permissions.clear()
    answer = who.get("/staff/search/", {"s": "orders"})  # the session ends with the rights
    assert answer.headers["Location"].startswith("/staff/login/")

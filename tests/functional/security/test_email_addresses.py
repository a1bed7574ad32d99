"""One address, however it was copied or typed, is one customer."""

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st
from saleor.account.models import User

from plugins.inventory.models import BackInStockAlert
from product_content.parsing import normal_email
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

HOME = {"HTTP_ORIGIN": "http://testserver"}
PASSWORD = "correct horse battery"
SPELLINGS = (
    "robin@example.org", " Robin@Example.ORG\u00a0", "ro\u200bbin@example.org", "\ufeffrobin@example.org",
    "robin@exam\u00adple.org", "\u202arobin@example.org\u202c", "ｒｏｂｉｎ＠example.org", "robin\u2060@example.org",
    "robin@example.org\u200e", "rob\ufe0fin@example.org", "robin@example.org\u3164", "rob\tin@example.org",
)  # fmt: skip
spellings = pytest.mark.parametrize("typed", SPELLINGS)


@spellings
def test_every_spelling_has_one_form(typed):
    assert normal_email(typed) == "robin@example.org"


@pytest.mark.parametrize(
    ("typed", "form"),
    [("Robin@MÜNCHEN.de", "robin@münchen.de"), ("robin@xn--mnchen-3ya.de", "robin@münchen.de"),
     ("robin@Mu\u0308nchen.de", "robin@münchen.de"), ("robin+shop@example.org", "robin+shop@example.org"),
     ("robin@xn--.org", "robin@xn--.org"), ("Robin", "robin"), ("", ""), ("@", "@"),
     ("ro\u017fe@example.org", "rose@example.org"), ("robin@\u212aelvin.org", "robin@kelvin.org")],
)  # fmt: skip
def test_other_letters_and_domains_have_one_form_too(typed, form):
    assert normal_email(typed) == form


@given(st.text())
def test_the_one_form_stays_as_it_is(typed):
    assert normal_email(normal_email(typed)) == normal_email(typed)


@pytest.fixture
def robin(db):
    user = UserFactory(email="robin@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


@spellings
def test_every_spelling_logs_its_customer_in(client, robin, typed):
    answer = client.post("/account/login/", {"username": typed, "password": PASSWORD})
    assert answer.status_code == 302


@spellings
def test_every_spelling_registers_once_and_is_stored_in_one_form(db, client, typed):
    client.post("/account/register/", {"email": "robin@example.org"})
    client.post("/account/register/", {"email": typed})
    assert list(User.objects.values_list("email", flat=True)) == ["robin@example.org"]


@spellings
def test_every_spelling_finds_the_account_and_the_order(
    client, robin, typed, django_capture_on_commit_callbacks
):
    order = builders.order(paid=True)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/forgotten/", {"email": typed})
        client.post("/orders/link/", {"number": order.pk, "email": typed})
    assert [message.to for message in mail.outbox] == [["robin@example.org"]] * 2
    from plugins.order_emails.models import OutgoingEmail

    assert sorted(OutgoingEmail.objects.values_list("kind", flat=True)) == [
        "new_link",
        "reset_password",
    ]


@spellings
def test_every_spelling_asks_for_one_alert(db, client, typed):
    variant = variant_in_stock(0)
    for address in ("robin@example.org", typed):
        client.post("/wishes/", {"variant": variant.pk, "email": address}, **HOME)
    assert list(BackInStockAlert.objects.values_list("email", flat=True)) in (
        [],
        ["robin@example.org"],
    )


@spellings
def test_staff_are_found_by_every_spelling(db, typed):
    order = builders.order()
    answer = personas.in_role("Support").get("/staff/order/order/", {"q": typed})
    assert [row.pk for row in answer.context["cl"].result_list] == [order.pk]


@spellings
def test_staff_log_in_by_every_spelling_and_no_second_account_is_made(db, client, typed):
    owner = personas.owner()
    sent = {"email": "owner@example.org", "first_name": "", "last_name": "", "password1": PASSWORD,
            "password2": PASSWORD}  # fmt: skip
    answer = owner.post("/staff/dashboard/staffmember/add/", {**sent, "email": typed})
    assert answer.status_code == 302
    again = owner.post("/staff/dashboard/staffmember/add/", {**sent, "email": "ROBIN@example.org"})
    assert "There is an account with this e-mail already." in again.content.decode()
    login = client.post("/staff/login/", {"username": typed, "password": PASSWORD})
    assert login.status_code == 302
    assert User.objects.filter(email="robin@example.org", is_staff=True).count() == 1

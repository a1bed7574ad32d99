"""The second factor of the log-in: an app's code, or a recovery code."""

import re
import time
from base64 import b32encode

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from saleor.account.models import User

from dashboard.models import RecoveryCodes
from dashboard.services.staff import renew_recovery_codes
from tests import personas
from tests.personas import permission
from tests.staff import app_of, code_of, signed_in

pytestmark = pytest.mark.django_db

PASSWORD = "long-and-quiet-water"
STEP, NEW = "/staff/second-factor/", "/staff/second-factor/new/"
CODES = "/staff/second-factor/recovery-codes/"


@pytest.fixture
def keeper():
    return User.objects.create_user("keeper@example.org", PASSWORD, is_staff=True)


@pytest.fixture
def pending_client(keeper):
    """A client of whoever knows the password, and nothing more."""
    client = Client()
    who = {"username": keeper.email, "password": PASSWORD}
    assert client.post("/staff/login/?next=/staff/", who).status_code == 302
    return client


def send(client, code, page=STEP, **more):
    return client.post(page, {"code": code, "next": "/staff/", **more})


def is_in(client):
    return client.get("/staff/").status_code == 200


def shown_codes(answer):
    return re.findall(r"<li><code>([\w-]+)</code>", answer.content.decode())


def test_the_first_log_in_leads_through_setting_it_up(keeper, pending_client):
    page = pending_client.get("/staff/order/order/", follow=True)
    assert page.request["PATH_INFO"] == NEW
    app = TOTPDevice.objects.get(user=keeper)
    key = b32encode(app.bin_key).decode()
    assert key in page.content.decode().replace(" ", "")
    picture = pending_client.get(f"{NEW}code.svg")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert picture["Cache-Control"] == "private, no-store"
    assert not is_in(pending_client)

    answer = send(pending_client, code_of(app), NEW)

    codes = shown_codes(answer)
    assert len(set(codes)) == 10
    assert answer["Cache-Control"] == "private, no-store"
    assert is_in(pending_client)
    stored = str(RecoveryCodes.objects.values().get())
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]
    for gone in (NEW, STEP, CODES, "/staff/"):  # shown once
        assert not shown_codes(pending_client.get(gone, follow=True))
    assert pending_client.get(f"{NEW}code.svg").status_code == 302


def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(keeper, pending_client):
    pending_client.get(NEW)
    key = TOTPDevice.objects.get(user=keeper).key
    answer = send(pending_client, "000000", NEW)
    assert "This code does not fit" in answer.content.decode()
    assert TOTPDevice.objects.values_list("key", "confirmed").get(user=keeper) == (key, False)
    assert not RecoveryCodes.objects.exists()
    assert not is_in(pending_client)


def test_a_code_opens_the_page_that_was_wanted(keeper, pending_client):
    keeper.user_permissions.add(permission("order.manage_orders"))
    app = app_of(keeper)
    asked = pending_client.get("/staff/order/order/", follow=True)
    assert asked.request["PATH_INFO"] == STEP
    answer = send(
        pending_client, f" {code_of(app)[:3]} {code_of(app)[3:]}", next="/staff/order/order/"
    )
    assert answer.headers["Location"] == "/staff/order/order/"
    assert pending_client.get("/staff/order/order/").status_code == 200


def test_a_code_does_not_lead_to_another_site(keeper, pending_client):
    code = code_of(app_of(keeper))
    assert send(pending_client, code, next="https://evil.example/").headers["Location"] == "/staff/"


def test_a_code_opens_once(keeper, pending_client):
    code = code_of(app_of(keeper))
    assert send(pending_client, code).status_code == 302
    second = Client()
    second.post("/staff/login/", {"username": keeper.email, "password": PASSWORD})
    assert "was used before" in send(second, code).content.decode()
    assert not is_in(second)


def test_somebody_elses_code_opens_nothing(keeper, pending_client):
    app_of(keeper)
    other = app_of(User.objects.create_user("pia@example.org", PASSWORD, is_staff=True))
    assert send(pending_client, code_of(other)).status_code == 200
    assert not is_in(pending_client)


def test_who_has_an_app_cannot_set_up_another(keeper, pending_client):
    app_of(keeper)
    assert pending_client.get(NEW).headers["Location"].startswith(STEP)
    assert pending_client.get(f"{NEW}code.svg").status_code == 404
    pending = TOTPDevice.objects.create(user=keeper, confirmed=False)
    assert send(pending_client, code_of(pending), NEW).status_code == 302
    assert not is_in(pending_client)
    assert TOTPDevice.objects.filter(user=keeper, confirmed=True).count() == 1


def test_a_recovery_code_opens_once_however_it_is_typed(keeper, pending_client):
    app_of(keeper)
    code = renew_recovery_codes(user=keeper)[0]
    assert send(pending_client, code.replace("-", " ").upper()).status_code == 302
    assert is_in(pending_client)
    second = Client()
    second.post("/staff/login/", {"username": keeper.email, "password": PASSWORD})
    assert send(second, code).status_code == 200
    assert not is_in(second)


def test_new_recovery_codes_end_the_old_ones(keeper, pending_client):
    app = app_of(keeper)
    old = renew_recovery_codes(user=keeper)
    assert pending_client.post(CODES).status_code == 302
    send(pending_client, code_of(app))
    assert shown_codes(pending_client.get(CODES)) == []
    new = shown_codes(pending_client.post(CODES))
    assert len(new) == 10
    assert not set(new) & set(old)


def test_wrong_codes_and_wrong_passwords_lock_the_log_in_together(keeper, pending_client):
    app = app_of(keeper)
    Client().post("/staff/login/", {"username": keeper.email, "password": "wrong"})
    for _ in range(3):
        assert send(pending_client, "000000").status_code == 200
    assert send(pending_client, "000000").status_code == 429

    locked = send(pending_client, code_of(app))

    assert locked.status_code == 429
    assert "locked for up to 1 hour" in locked.content.decode()
    assert pending_client.get("/staff/", follow=True).request["PATH_INFO"] == "/staff/login/"
    again = Client().post("/staff/login/", {"username": keeper.email, "password": PASSWORD})
    assert again.status_code == 429


def test_logging_in_resets_the_failed_attempts(keeper, pending_client):
    Client().post("/staff/login/", {"username": keeper.email, "password": "wrong"})
    assert AccessAttempt.objects.exists()
    send(pending_client, code_of(app_of(keeper)))
    assert not AccessAttempt.objects.exists()


def test_a_log_in_without_its_second_factor_can_be_cancelled(pending_client):
    assert pending_client.get("/staff/second-factor/cancel/").status_code == 405
    assert (
        pending_client.post("/staff/second-factor/cancel/").headers["Location"] == "/staff/login/"
    )
    assert pending_client.get("/staff/", follow=True).request["PATH_INFO"] == "/staff/login/"


@pytest.mark.parametrize("page", [STEP, NEW, f"{NEW}code.svg", CODES])
@pytest.mark.parametrize(
    "who", [personas.anonymous, personas.customer], ids=["anonymous", "customer"]
)
def test_the_pages_between_are_for_staff_only(who, page):
    answer = who().get(page, follow=True)
    assert answer.request["PATH_INFO"] == "/staff/login/"
    assert not TOTPDevice.objects.exists()


def test_the_session_ends_when_nobody_uses_it(keeper, settings):
    client = signed_in(keeper)
    assert is_in(client)
    session = client.session
    session["staff_last_activity"] = int(time.time()) - settings.STAFF_IDLE_MINUTES * 60 - 1
    session.save()
    answer = client.get("/staff/", follow=True)
    assert answer.request["PATH_INFO"] == "/staff/login/"
    assert "You were away for a while" in answer.content.decode()
    assert not is_in(client)


def test_a_manager_lets_someone_with_a_lost_phone_begin_anew(keeper):
    manager = personas.in_role("Manager")
    client = signed_in(keeper)
    renew_recovery_codes(user=keeper)
    fields = {"email": keeper.email, "is_active": "on", "reset_second_factor": "on"}
    url = f"/staff/dashboard/staffmember/{keeper.pk}/change/"
    assert "Set up" in manager.get(url).content.decode()
    assert manager.post(url, fields).status_code == 302
    assert not TOTPDevice.objects.filter(user=keeper).exists()
    assert not RecoveryCodes.objects.filter(user=keeper).exists()
    assert client.get("/staff/", follow=True).request["PATH_INFO"] == NEW


def test_support_cannot_take_a_colleagues_second_factor_away(keeper):
    app_of(keeper)
    url = f"/staff/dashboard/staffmember/{keeper.pk}/change/"
    fields = {"email": keeper.email, "reset_second_factor": "on"}
    assert personas.in_role("Support").post(url, fields).status_code == 403
    assert TOTPDevice.objects.filter(user=keeper).exists()


def test_the_owner_begins_anew_from_the_server(keeper):
    app_of(keeper)
    call_command("reset_second_factor", "Keeper@Example.org")
    assert not TOTPDevice.objects.filter(user=keeper).exists()
    with pytest.raises(CommandError, match="No member of staff"):
        call_command("reset_second_factor", "nobody@example.org")


def test_a_laptop_prints_the_code_and_a_live_shop_never(keeper, pending_client, capsys, settings):
    pending_client.get(NEW)
    call_command("staff_code", keeper.email)
    assert send(pending_client, capsys.readouterr().out.strip(), NEW).status_code == 200
    assert is_in(pending_client)
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="Not in production"):
        call_command("staff_code", keeper.email)

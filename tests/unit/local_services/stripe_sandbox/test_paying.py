"""Sessions, payments and refunds behave as Stripe's."""

import json

import pytest

SESSIONS = "/v1/checkout/sessions"


def pay(api, session, number="4242424242424242"):
    return api.http.post(f"/c/pay/{session['id']}", data={"method": "card", "number": number})


def get(api, path, **fields):
    return json.loads(api.call("GET", path, fields).text)


def kinds(api):
    return [event["type"] for event in reversed(api.store.all("event"))]


def test_open_session_has_no_intent_yet(api):
    session = api.open_session()
    assert (session["status"], session["payment_status"]) == ("open", "unpaid")
    assert (session["payment_intent"], session["amount_total"]) == (None, 4100)
    assert not [name for name in session if name.startswith("_")]


def test_accepted_card(api):
    session = api.open_session()
    answer = pay(api, session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://shop.test/back?s={session['id']}"
    session = get(
        api, f"{SESSIONS}/{session['id']}", **{"expand[]": "payment_intent.latest_charge"}
    )
    intent = session["payment_intent"]
    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 4100)
    assert intent["latest_charge"]["calculated_statement_descriptor"] == "STILLWATER* ORDER"
    assert kinds(api)[-1] == "checkout.session.completed"


@pytest.mark.parametrize(
    ("number", "message", "codes"),
    [
        ("4000000000000002", "Your card was declined.", ("card_declined", "generic_decline")),
        (
            "4000 0000 0000 9995",
            "Your card has insufficient funds.",
            ("card_declined", "insufficient_funds"),
        ),
        ("1234", "Your card number is incorrect.", ("incorrect_number", None)),
    ],
)
def test_refused_card_leaves_the_page_open(api, number, message, codes):
    session = api.open_session()
    assert message in pay(api, session, number).text
    session = get(api, f"{SESSIONS}/{session['id']}", **{"expand[]": "payment_intent"})
    assert session["status"] == "open"
    error = session["payment_intent"]["last_payment_error"]
    assert (error["code"], error.get("decline_code")) == codes
    assert kinds(api) == ["charge.failed", "payment_intent.payment_failed"]
    assert pay(api, session).status_code == 303


def test_bank_asks_and_the_customer_fails_then_passes(api):
    session = api.open_session()
    address = f"/c/pay/{session['id']}"
    pay(api, session, "4000002500003155")
    assert (
        "unable to authenticate" in api.http.post(address, data={"authentication": "failed"}).text
    )
    assert api.http.post(address, data={"authentication": "passed"}).status_code == 200
    assert get(api, f"{SESSIONS}/{session['id']}")["status"] == "open"  # nobody was asked again
    pay(api, session, "4000002500003155")
    assert api.http.post(address, data={"authentication": "passed"}).status_code == 303


def test_paid_session_is_not_charged_again(api):
    session = api.open_session()
    pay(api, session)
    pay(api, session)
    assert [charge["amount"] for charge in api.store.all("charge")] == [4100]


def test_session_expires_when_its_time_is_over(api):
    session = api.open_session()
    api.store.move_clock(1901)
    assert "no longer open" in pay(api, session).text
    assert get(api, f"{SESSIONS}/{session['id']}")["status"] == "expired"
    assert kinds(api) == ["checkout.session.expired"]


def test_only_open_sessions_can_be_expired(api):
    session = api.open_session()
    path = f"{SESSIONS}/{session['id']}/expire"
    assert json.loads(api.call("POST", path).text)["status"] == "expired"
    status, error = api.error("POST", path)
    assert status == 400
    assert "This Checkout Session has a status of expired." in error["message"]
    assert "no longer open" in pay(api, session).text
    assert api.store.all("charge") == []


def refund(api, session, **fields):
    intent = get(api, f"{SESSIONS}/{session['id']}")["payment_intent"]
    return api.call("POST", "/v1/refunds", {"payment_intent": intent, **fields})


def test_refund_in_parts_never_exceeds_the_charge(api):
    session = api.open_session()
    pay(api, session)
    assert json.loads(refund(api, session, amount="100").text)["status"] == "succeeded"
    assert refund(api, session, amount="4001").status_code == 400
    assert json.loads(refund(api, session).text)["amount"] == 4000
    gone = json.loads(refund(api, session).text)["error"]
    assert gone["code"] == "charge_already_refunded"


def test_unpaid_intent_cannot_be_refunded(api):
    session = api.open_session()
    pay(api, session, "4000000000000002")
    error = json.loads(refund(api, session).text)["error"]
    assert "does not have a successful charge to refund" in error["message"]


def test_lists_are_paged_newest_first(api):
    made = [api.open_session()["id"] for _ in range(3)]
    page = get(api, SESSIONS, limit=2)
    assert [row["id"] for row in page["data"]] == made[:0:-1]
    assert page["has_more"]
    rest = get(api, SESSIONS, limit=2, starting_after=page["data"][-1]["id"])
    assert ([row["id"] for row in rest["data"]], rest["has_more"]) == (made[:1], False)
    assert get(api, SESSIONS, status="complete")["data"] == []


def test_pages_work_without_scripts(api):
    session = api.open_session()
    page = api.http.get(f"/c/pay/{session['id']}").text
    assert "<script" not in page
    assert "41.00 GBP" in page
    assert "Order 1042" in page
    assert "<script" not in api.http.get("/_sandbox/").text

"""The sandbox refuses what Stripe would refuse, in Stripe's shape."""

import json

import pytest

from local_services.stripe_sandbox import faults
from tests.unit.local_services.stripe_sandbox.conftest import KEY, basic, session_fields

SESSIONS = "/v1/checkout/sessions"
PRICE = "line_items[0][price_data]"


@pytest.mark.parametrize("auth", [f"Bearer {KEY}", basic(KEY)])
def test_key_is_taken_as_bearer_and_as_user_name(api, auth):
    assert api.call("POST", SESSIONS, session_fields(), auth=auth).status_code == 200


def test_missing_and_wrong_keys(api):
    status, error = api.error("GET", SESSIONS, auth="")
    assert (status, error["type"]) == (401, "invalid_request_error")
    assert "You did not provide an API key" in error["message"]
    status, error = api.error("GET", SESSIONS, auth="Bearer sk_test_somebody_else")
    assert (status, error["message"]) == (401, "Invalid API Key provided: sk_test_****else")


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"surprise": "1"}, "surprise", "parameter_unknown"),
        ({f"{PRICE}[colour]": "red"}, f"{PRICE}[colour]", "parameter_unknown"),
        ({"success_url": None}, "success_url", "parameter_missing"),
        ({"line_items[0][quantity]": None}, "line_items[0][quantity]", "parameter_missing"),
        ({f"{PRICE}[product_data][name]": None}, f"{PRICE}[product_data]", "parameter_missing"),
        ({f"{PRICE}[unit_amount]": "41.00"}, f"{PRICE}[unit_amount]", "parameter_invalid_integer"),
        ({f"{PRICE}[unit_amount]": "-1"}, f"{PRICE}[unit_amount]", "parameter_invalid_integer"),
        ({"success_url": "shop"}, "success_url", "url_invalid"),
        ({"mode": "gift"}, "mode", None),
        ({"client_reference_id": ""}, "client_reference_id", "parameter_invalid_empty"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", "parameter_invalid_string"),
        ({"customer_email": "robin"}, "customer_email", "email_invalid"),
        ({"adaptive_pricing[enabled]": "no"}, "adaptive_pricing[enabled]", "parameter_invalid_boolean"),
        ({"metadata": "text"}, "metadata", None),
        ({"expires_at": "1"}, "expires_at", None),
        ({"expires_at": "99999999999"}, "expires_at", None),
        ({f"{PRICE}[unit_amount]": "29"}, None, "amount_too_small"),
        ({f"{PRICE}[unit_amount]": "100000000"}, None, "amount_too_large"),
        ({"payment_intent_data[statement_descriptor_suffix]": "A*B"},
         "payment_intent_data[statement_descriptor_suffix]", "parameter_invalid_string"),
        ({"payment_intent_data[statement_descriptor_suffix]": "ONLINE ORDER"},  # 24 with the prefix
         "payment_intent_data[statement_descriptor_suffix]", "parameter_invalid_string"),
        ({"payment_method_types[0]": "card"}, "payment_method_types", "parameter_unknown"),
        ({"allowed_payment_method_types[0]": "cash"}, "allowed_payment_method_types[0]", None),
        ({"allowed_payment_method_types[0]": "paypal"}, "allowed_payment_method_types", None),
        ({"payment_intent_data[statement_descriptor_suffix]": "12345"},
         "payment_intent_data[statement_descriptor_suffix]", "parameter_invalid_string"),
        ({"expand[0]": "customer"}, "expand", None),
    ],
)  # fmt: skip
def test_session_that_stripe_would_refuse(api, changes, param, code):
    status, error = api.error("POST", SESSIONS, session_fields(**changes))
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert (error.get("param"), error.get("code")) == (param, code)
    assert api.store.all("checkout.session") == []


def test_unknown_things_and_addresses(api):
    for path in (f"{SESSIONS}/cs_none", "/v1/payment_intents/pi_none", "/v1/refunds/re_none"):
        status, error = api.error("GET", path)
        assert (status, error["code"]) == (404, "resource_missing")
    status, error = api.error("GET", "/v1/unicorns")
    assert status == 404
    assert "Unrecognized request URL (GET: /v1/unicorns)" in error["message"]


@pytest.mark.parametrize("version", ["newest", "2099-01-01.unknown", "2020-08-27"])
def test_a_version_that_it_does_not_know_is_refused(api, version):
    status, error = api.error("GET", SESSIONS, **{"Stripe-Version": version})
    assert (status, error["message"]) == (400, f"Invalid Stripe API version: {version}")


def test_the_version_that_it_answers_in_is_named(api):
    answer = api.call("GET", SESSIONS, **{"Stripe-Version": "2026-10-28.endive"})
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"
    assert answer.headers["Request-Id"].startswith("req_")


def test_an_idempotency_key_has_255_characters_at_most(api):
    status, error = api.error("POST", SESSIONS, session_fields(), key="k" * 256)
    assert (status, error["message"]) == (
        400,
        "Idempotency keys must be at most 255 characters long.",
    )
    assert api.store.all("checkout.session") == []
    assert api.call("POST", SESSIONS, session_fields(), key="k" * 255).status_code == 200


def test_a_session_offers_what_it_allows_of_what_the_account_has(api):
    assert api.open_session()["payment_method_types"] == ["card", "link", "bacs_debit"]
    only = api.open_session(**{"allowed_payment_method_types[0]": "card"})
    assert only["payment_method_types"] == ["card"]
    page = api.http.get(f"/c/pay/{only['id']}").text
    assert "Bank debit" not in page
    answer = api.http.post(
        f"/c/pay/{only['id']}", data={"method": "bacs_debit", "account": "00012345"}
    )
    assert "incorrect" in answer.text
    assert api.store.all("payment_intent") == []


def test_same_key_gives_the_same_answer_once(api):
    fields = session_fields()
    first = api.call("POST", SESSIONS, fields, key="k")
    again = api.call("POST", SESSIONS, fields, key="k")
    assert first.text == again.text
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert len(api.store.all("checkout.session")) == 1


def test_same_key_for_something_else_is_refused(api):
    api.call("POST", SESSIONS, session_fields(), key="k")
    status, error = api.error("POST", SESSIONS, session_fields(mode="setup"), key="k")
    assert (status, error["type"]) == (400, "idempotency_error")


def test_key_in_use_is_a_conflict(api):
    fields = session_fields()
    api.call("POST", SESSIONS, fields, key="k")
    api.store.run("UPDATE answers SET status = NULL")  # as while the first one is running
    status, error = api.error("POST", SESSIONS, fields, key="k")
    assert (status, error["code"]) == (409, "idempotency_key_in_use")


def test_refused_validation_leaves_the_key_free(api):
    api.error("POST", SESSIONS, session_fields(surprise="1"), key="k")
    assert api.call("POST", SESSIONS, session_fields(), key="k").status_code == 200


def test_error_500_is_kept_under_its_key_and_not_to_be_retried(api):
    faults.add(api.store, place="api", pattern="*", mode="error_500_after")
    fields = session_fields()
    for _ in range(2):
        answer = api.call("POST", SESSIONS, fields, key="k")
        assert (answer.status_code, answer.headers["Stripe-Should-Retry"]) == (500, "false")
        assert json.loads(answer.text)["error"]["type"] == "api_error"
    assert len(api.store.all("checkout.session")) == 1

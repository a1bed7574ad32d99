"""A sandbox inside the test, spoken to without a network."""

import base64
import json
import time

import pytest
from werkzeug.test import Client

from local_services.stripe_sandbox.app import Sandbox
from local_services.stripe_sandbox.options import Options
from local_services.stripe_sandbox.store import Store

KEY = "sk_test_unit"


class Api:
    """Speaks to the sandbox as an SDK does."""

    def __init__(self, options, store):
        self.store = store
        self.http = Client(Sandbox(options, store))

    def call(self, method, path, fields=None, *, key="", auth=f"Bearer {KEY}", **headers):
        """Return the answer; `fields` is a dict of Stripe's form names."""
        headers = {"Authorization": auth, **headers}
        if key:
            headers["Idempotency-Key"] = key
        place = {"query_string": fields} if method == "GET" else {"data": fields or {}}
        return self.http.open(path, method=method, headers=headers, **place)

    def error(self, *args, **kwargs):
        """Return status and error of an answer that must be one."""
        answer = self.call(*args, **kwargs)
        return answer.status_code, json.loads(answer.text)["error"]

    def open_session(self, **changes):
        """Return a new session."""
        answer = self.call("POST", "/v1/checkout/sessions", session_fields(**changes))
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)


def session_fields(**changes):
    """Return the form of a session that Stripe would accept, with changes; None leaves out."""
    item = "line_items[0]"
    fields = {
        "mode": "payment",
        f"{item}[quantity]": "1",
        f"{item}[price_data][currency]": "gbp",
        f"{item}[price_data][unit_amount]": "4100",
        f"{item}[price_data][product_data][name]": "Order 1042",
        "success_url": "https://shop.test/back?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.test/basket/",
        "client_reference_id": "1042",
        "expires_at": str(int(time.time()) + 1900),
        "payment_intent_data[statement_descriptor_suffix]": "ORDER",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "sandbox.sqlite3")
    yield store
    store.close()


@pytest.fixture
def api(store, tmp_path):
    options = Options(
        port=1, data=tmp_path, webhook_url="", api_key=KEY, webhook_secret="whsec_unit"
    )
    return Api(options, store)


def basic(key):
    """Return the header of HTTP basic authentication, with the key as user name."""
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()

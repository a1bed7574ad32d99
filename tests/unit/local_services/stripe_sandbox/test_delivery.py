"""Webhooks are signed, repeated until they are taken, and misbehave when told to."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from local_services.processes import wait_until
from local_services.stripe_sandbox import events, faults
from local_services.stripe_sandbox.delivery import Delivery, signature
from local_services.stripe_sandbox.options import Options, parse


class Shop(BaseHTTPRequestHandler):
    """Takes webhooks, and refuses as many as it is told to."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.headers["Stripe-Signature"], body))
        refused = self.server.refusals > 0
        self.server.refusals -= refused
        self.send_response(500 if refused else 200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def shop():
    server = HTTPServer(("127.0.0.1", 0), Shop)
    server.got, server.refusals = [], 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def delivery(shop, store, tmp_path):
    url = f"http://127.0.0.1:{shop.server_port}/"
    options = Options(
        port=1, data=tmp_path, webhook_url=url, api_key="k", webhook_secret="s", retry_base=0.01
    )
    delivery = Delivery(options, store)
    delivery.start()
    yield delivery
    delivery.stop()


def emit(store, kind="checkout.session.completed"):
    return events.emit(store, kind, {"id": "cs_1", "object": "checkout.session", "_note": 1})


def kinds(shop):
    return [body.partition('"type": "')[2].partition('"')[0] for _, body in shop.got]


def test_event_is_signed_over_its_time_and_body(shop, store, delivery):
    emit(store)
    assert wait_until(lambda: shop.got, 10)
    header, body = shop.got[0]
    assert header == signature(body, "s", int(header[2:].partition(",")[0]))
    assert "_note" not in body


def test_refused_event_comes_again_until_it_is_taken(shop, store, delivery):
    shop.refusals = 2
    event = emit(store)
    assert wait_until(lambda: store.get(event["id"])["pending_webhooks"] == 0, 10)
    assert len(shop.got) == 3
    assert {body for _, body in shop.got} == {shop.got[0][1]}


@pytest.mark.parametrize(("mode", "times"), [("drop", 0), ("duplicate", 3), ("delay", 1)])
def test_misbehaviour(shop, store, delivery, mode, times):
    faults.add(store, place="webhook", pattern="checkout.*", mode=mode, seconds=0.05)
    emit(store)
    emit(store, "refund.created")
    assert wait_until(lambda: len(shop.got) == times + 1, 10)
    assert kinds(shop).count("checkout.session.completed") == times


def test_reordered_events_arrive_back_to_front(shop, store, delivery):
    faults.add(store, place="webhook", pattern="*", mode="reorder", seconds=0.4, times=2)
    emit(store, "first")
    emit(store, "second")
    assert wait_until(lambda: len(shop.got) == 2, 10)
    assert kinds(shop) == ["second", "first"]


@pytest.mark.parametrize(
    "environ",
    [
        {"STRIPE_API_KEY": "sk_live_1"},
        {"STRIPE_API_KEY": "rk_live_1"},
        {
            "STRIPE_API_KEY": "sk_test_1",
            "DJANGO_SETTINGS_MODULE": "saleor_config.settings.production",
        },
        {"STRIPE_API_KEY": ""},
    ],
)
def test_never_with_production_settings_a_live_key_or_none(environ, tmp_path):
    with pytest.raises(SystemExit):
        parse(["--port", "1", "--data", str(tmp_path)], environ)

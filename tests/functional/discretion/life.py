"""An order's whole life as others can observe it: nothing is read from our own tables."""

import re
from datetime import timedelta
from urllib.parse import unquote_plus

from celery.app.task import Task
from django.core import mail
from django.core.cache.backends.base import BaseCache
from django.utils import timezone
from pypdfium2 import PdfDocument
from saleor.order.models import Order

from plugins.discreet_shipping.labels import KINDS as SHEETS
from plugins.discreet_shipping.labels import printout_file
from plugins.discreet_shipping.order_contract import contract_of
from plugins.order_emails.kinds.base import KINDS, Audience
from plugins.order_emails.messages import Envelope, build_message, render
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import PaymentSession
from plugins.ordering.refunds import request_refund
from product_content.models import SetSize
from storefront.urls import account_urlpatterns
from tests.factories import UserFactory
from tests.functional.stripe.sandbox import send
from tests.personas import anonymous, customer
from tests.shown import shown_to

ADDRESS = {
    "email": "robin@example.org", "first_name": "Robin", "last_name": "Marsh", "country": "GB",
    "street_address_1": "4 Mill Lane", "city": "Lewes", "postal_code": "BN7 1AA", "phone": "",
}  # fmt: skip

# The whole form of the choices, as a browser sends it.
USUAL = {
    "sender": "", "label_name": "own", "other_name": "", "point": "home", "handover": "any",
    "no_neighbour": "off", "safe_place": "", "day": "any", "not_before": "", "slip": "none",
    "return_label": "off", "messages": "neutral", "receipt": "email", "message_email": "",
    "code_word": "",
}  # fmt: skip

NEEDS_ITS_DEDUP_KEY = {"payment_refunded"}  # it names a refund, so it is looked at when sent


class Observed:
    """(place, text) pairs of all that others can see."""

    def __init__(self, monkeypatch):
        self.seen = []
        self._listen(monkeypatch)

    def add(self, place, text):
        self.seen.append((place, str(text)))

    def page(self, response, path):
        """Note what a private page leaves behind outside of its own window."""
        text = response.content.decode()
        self.add(f"title of {path}", " ".join(re.findall(r"<title>(.*?)</title>", text, re.DOTALL)))
        self.add(
            f"meta of {path}", " ".join(re.findall(r'<meta name="(?:description|og).*?>', text))
        )
        self.add(f"headers of {path}", dict(response.headers))
        assert response.headers.get("Referrer-Policy") == "same-origin", path
        assert "no-store" in response.headers["Cache-Control"], path

    def email(self, place, message):
        """Note the whole of an e-mail: headers with subject and sender, text and HTML."""
        self.add(place, message.message().as_string())
        self.add(f"{place} text", message.body)
        self.add(f"{place} HTML", message.alternatives[0][0])

    def _listen(self, monkeypatch):
        queue, key = Task.apply_async, BaseCache.make_key

        def apply_async(task, args=None, kwargs=None, **more):
            self.add("Celery", f"{task.name} {args} {kwargs}")
            return queue(task, args, kwargs, **more)

        def make_key(cache, name, version=None):
            self.add("cache key", name)
            return key(cache, name, version)

        monkeypatch.setattr(Task, "apply_async", apply_async)
        monkeypatch.setattr(BaseCache, "make_key", make_key)


def buy(observed, sandbox, choices, *, country="GB"):
    """Put a set into the basket, choose, pay at the sandbox; return the client and the order."""
    client = anonymous()

    def post(path, data):
        response = client.post(path, data, headers={"Sec-Fetch-Site": "same-origin"})
        observed.add("address", path)
        observed.add("address", response.headers.get("Location", ""))
        assert response.status_code in {303, 200}, (path, response.content.decode()[-3000:])
        return response

    variant = SetSize.objects.first().product.variants.first()
    post("/basket/add/", {"variant": variant.pk, "quantity": 1})
    post("/checkout/address/", ADDRESS | {"country": country})
    page = client.get("/checkout/delivery/").content.decode()
    post("/checkout/delivery/", {"method": re.search(r'name="method"\s+value="(\d+)"', page)[1]})
    assert post("/checkout/discretion/", USUAL | choices).status_code == 303
    for path in ("/basket/", "/checkout/address/", "/checkout/delivery/", "/checkout/discretion/",
                 "/checkout/seen/", "/checkout/review/"):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 200, path
        observed.page(response, path)
    promised = client.get("/checkout/seen/").content.decode()
    post("/checkout/place/", {"shown": shown_to(client)})
    session = PaymentSession.objects.get(state="open")
    assert sandbox.pay(session.reference).status_code in {302, 303}
    assert send(anonymous(), sandbox.event("checkout.session.completed")).status_code == 200
    return client, Order.objects.get(pk=session.order_id), promised


def after(observed, sandbox, client, order):
    """Look at everything that exists once the order is paid, and give some money back."""
    for path in (f"/orders/{order.token}/", f"/orders/{order.token}/seen/"):
        response = client.get(path)
        observed.add("address", path)
        observed.page(response, "/orders/")
    request_refund(order_id=order.pk, key="one", reason="Asked for.", amount=order.total_gross / 2)
    for message in mail.outbox:
        observed.email("e-mail", message)
    every_kind_of_email(observed, order)
    observed.add("cookies", client.cookies.output())
    for kind, size, text in printed(order):
        observed.add(f"{kind} {size}", text)
    contract = contract_of(order)
    observed.add("customs", contract["customs"])
    observed.add("statement", contract["statement"])
    order.user = UserFactory(email="robin@example.org")
    order.save(update_fields=["user"])
    account_pages(observed, order.user)
    rows = [row for row in sandbox.read("requests") if "PythonBindings" in row["body"]]
    assert rows
    observed.add("Stripe", "\n".join(unquote_plus(f"{row['path']} {row['body']}") for row in rows))


def every_kind_of_email(observed, order):
    """Look at each registered kind: about this very order, and as its sample where it is not.

    The kinds that the order's life has sent are built anew; a kind that somebody adds is
    looked at without a change here.
    """
    dedup_keys = dict(order.emails.values_list("kind", "dedup_key"))
    for name, kind in KINDS.items():
        if kind.audience is Audience.CUSTOMER:
            row = OutgoingEmail(
                about=f"order-{order.pk}", order=order, kind=name, message_id="<x@example.org>",
                dedup_key=dedup_keys.get(name, "test"), created_at=timezone.now(),
            )  # fmt: skip
            if name in dedup_keys or name not in NEEDS_ITS_DEDUP_KEY:
                observed.email(f"{name} e-mail", build_message(row))
        sample = render(kind, kind.sample(), Envelope("", ()))
        observed.add(f"{name} sample", f"{sample.subject}\n{sample.text}\n{sample.html}")


def account_pages(observed, user):
    """Look at the titles of every page of an account, for the customer who owns the order."""
    client = customer(user)
    for pattern in account_urlpatterns:
        if not pattern.pattern.converters:
            path = f"/account/{pattern.pattern}"
            response = client.get(path)
            observed.add("address", path)
            if response.status_code == 200:
                observed.page(response, path)


def printed(order):
    """Yield kind, size and text of every sheet that is printed for the order."""
    for kind in SHEETS:
        for size in ("4x6", "a6"):
            file = printout_file(contract_of(order), kind=kind, size=size, form="pdf")
            if file:
                pdf = PdfDocument(file)
                yield kind, size, pdf[0].get_textpage().get_text_range()
                pdf.close()


def tomorrow(days=1):
    return (timezone.localdate() + timedelta(days=days)).isoformat()

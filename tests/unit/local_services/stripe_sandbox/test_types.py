"""What the sandbox answers has the fields and types that Stripe's own SDK declares."""

import json
import sys
import typing

import pytest
import stripe
from stripe import StripeObject
from stripe.checkout import Session

SESSIONS = "/v1/checkout/sessions"
KINDS = {
    "checkout.session": Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "dispute": stripe.Dispute,
    "refund": stripe.Refund,
    "event": stripe.Event,
    "account": stripe.Account,
}


def problems(declared, given, place=""):
    """Return what of `given` (JSON) is not as the SDK declares it."""
    origin, parts = typing.get_origin(declared), typing.get_args(declared)
    if isinstance(declared, typing.ForwardRef):
        name = declared.__forward_arg__
        return problems(getattr(stripe, name, None) or getattr(Session, name), given, place)
    if origin is typing.Union:
        return min((problems(one, given, place) for one in parts), key=len)
    if origin is list and isinstance(given, list):
        numbered = enumerate(given)
        return [bad for n, one in numbered for bad in problems(parts[0], one, f"{place}[{n}]")]
    kind = origin or declared  # a mapping without declared fields is generic
    if isinstance(kind, type) and issubclass(kind, StripeObject):
        return list(_of_object(kind, given, place))
    right = given in parts if origin is typing.Literal else _is_a(declared, given)
    return [] if right else [f"{place}: {given!r} is no {getattr(declared, '__name__', declared)}"]


def _is_a(declared, given):
    if isinstance(given, bool):
        return declared is bool
    return isinstance(declared, type) and isinstance(given, declared)


def _of_object(declared, given, place):
    if not isinstance(given, dict):
        yield f"{place}: {given!r} is no object"
        return
    hints = _fields(declared)
    if not hints:  # metadata, and what an event carries
        return
    for name in sorted(set(given) - set(hints)):
        yield f"{place}.{name} is unknown"
    for name, hint in hints.items():
        if name in given:
            yield from problems(hint, given[name], f"{place}.{name}")
        elif type(None) not in typing.get_args(hint):
            yield f"{place}.{name} is missing"


def _fields(declared):
    names = vars(sys.modules[declared.__module__])
    return {
        name: eval(hint, names) if isinstance(hint, str) else hint  # noqa: S307  the SDK's own
        for name, hint in vars(declared).get("__annotations__", {}).items()
        if typing.get_origin(hint) is not typing.ClassVar
    }


def wrong(thing):
    return list(problems(KINDS[thing["object"]], thing, thing["object"]))


def read(api, path, **fields):
    return json.loads(api.call("GET", path, fields).text)


@pytest.fixture
def lived(api):
    """A sandbox in which every kind of object came about, in each of its states."""
    api.open_session()
    declined = api.open_session()
    pay(api, declined, "4000000000000002")
    for number in ("4242424242424242", "4000000000000259", "4000000000005126"):
        pay(api, api.open_session(), number)
    debited = api.open_session()
    api.http.post(f"/c/pay/{debited['id']}", data={"method": "bacs_debit", "account": "00012345"})
    for intent in api.store.all("payment_intent"):
        fields = {"payment_intent": intent["id"], "amount": "100"}
        api.call("POST", "/v1/refunds", fields)
    (dispute,) = api.store.all("dispute")
    for status in ("under_review", "lost", "appeal_needs_response", "appeal_under_review", "won"):
        api.http.post("/_sandbox/dispute", data={"id": dispute["id"], "outcome": status})
    return api


def pay(api, session, number):
    api.http.post(f"/c/pay/{session['id']}", data={"method": "card", "number": number})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "account"])
def test_every_object_is_as_the_sdk_declares_it(lived, kind):
    things = [
        {name: value for name, value in thing.items() if not name.startswith("_")}
        for thing in lived.store.all(kind)
    ]
    assert things
    assert [wrong(thing) for thing in things] == [[] for _ in things]


def test_expanded_answers_and_what_events_carry_are_as_declared(lived):
    expand = {"expand[]": "data.payment_intent.latest_charge"}
    for session in read(lived, SESSIONS, **expand)["data"]:
        assert wrong(session) == []
    for event in read(lived, "/v1/events", limit=100)["data"]:
        assert wrong(event["data"]["object"]) == []


def test_the_account_is_as_declared(api):
    assert wrong(read(api, "/v1/account")) == []


def test_the_check_itself_sees_a_field_that_is_missing_wrong_or_unknown(api):
    session = api.open_session()
    del session["created"]
    assert wrong(session | {"amount_total": "41", "colour": "red"}) == [
        "checkout.session.colour is unknown",
        "checkout.session.amount_total: '41' is no int",
        "checkout.session.created is missing",
    ]


def test_a_dispute_is_told_of_again_while_it_is_under_appeal(lived):
    kinds = [e["type"] for e in reversed(lived.store.all("event")) if "dispute" in e["type"]]
    assert [kind.rpartition(".")[2] for kind in kinds] == [
        "created", "updated", "closed", "updated", "updated", "closed",
    ]  # fmt: skip

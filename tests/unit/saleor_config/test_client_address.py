"""Whom limits and locks count: the right-most addresses, written by our own proxies."""

import pytest
from axes.helpers import get_client_ip_address
from django.core.checks import run_checks
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from saleor_config.client_address import UNKNOWN, client_address

PROXY, VISITOR, FORGED = "10.0.0.9", "192.0.2.7", "203.0.113.66"


@pytest.fixture
def trusting(settings):
    """Return a function that sets how many proxies there are, and asks for the address."""

    def ask(count, forwarded=None, seen=PROXY, **headers):
        settings.TRUSTED_PROXY_COUNT = count
        if forwarded is not None:
            headers["HTTP_X_FORWARDED_FOR"] = forwarded
        return client_address(RequestFactory().get("/", REMOTE_ADDR=seen, **headers))

    return ask


@pytest.mark.parametrize(
    ("count", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, VISITOR, PROXY),  # nobody may say who they are
        (1, None, PROXY),  # did not come through the proxy
        (1, "", PROXY),
        (1, VISITOR, VISITOR),
        (1, f"{FORGED}, {VISITOR}", VISITOR),
        (1, f"{FORGED},{FORGED},{VISITOR}", VISITOR),
        (1, f"{VISITOR},", PROXY),  # the last entry is the proxy's, and it is none
        (2, VISITOR, PROXY),
        (2, f"{VISITOR}, 10.0.0.8", VISITOR),
        (2, f"{FORGED}, {VISITOR}, 10.0.0.8", VISITOR),
        (3, f"{FORGED}, {VISITOR}, 10.0.0.7, 10.0.0.8", VISITOR),
    ],
)
def test_the_address_is_the_one_that_the_outermost_proxy_saw(trusting, count, forwarded, expected):
    assert trusting(count, forwarded) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_FORWARDED": f"for={FORGED}"},
        {"HTTP_X_REAL_IP": FORGED},
        {"HTTP_CLIENT_IP": FORGED},
        {"HTTP_CF_CONNECTING_IP": FORGED},
        {"HTTP_X_CLUSTER_CLIENT_IP": FORGED},
        {"HTTP_TRUE_CLIENT_IP": FORGED},
    ],
)
@pytest.mark.parametrize("count", [0, 1])
def test_no_other_header_says_who_somebody_is(trusting, count, headers):
    assert trusting(count, VISITOR if count else None, **headers) in {PROXY, VISITOR}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("  192.0.2.7\t", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
        ("::FFFF:C000:0207", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:DB8:1:2::6", "2001:db8:1:2::"),
        ("[2001:db8:1:2::6]", "2001:db8:1:2::"),
        ("[2001:db8:1:2::6]:443", "2001:db8:1:2::"),
        ("2001:db8:1:3::6", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
    ],
)
def test_addresses_are_read_however_a_proxy_writes_them(trusting, written, expected):
    assert trusting(1, written) == expected
    assert trusting(0, seen=written) == expected


@pytest.mark.parametrize(
    "garbage",
    [
        "unknown", "_hidden", "localhost", "192.0.2", "192.0.2.256", "0300.0.2.7", "1" * 9_000,
        "192.0.2.7/24", "[", "[]", "[::1", "::::", ":", "-1", "\0", "٣.1.1.1", "for=192.0.2.7",
    ],
)  # fmt: skip
def test_what_is_no_address_counts_as_the_proxys_own(trusting, garbage):
    assert trusting(1, garbage) in {PROXY, "::"}  # "[::1" has lost its bracket, nothing else


def test_without_any_address_all_count_as_one(trusting):
    assert trusting(1, "unknown", seen="") == UNKNOWN
    assert trusting(0, seen="/run/shop.sock") == UNKNOWN


@given(st.text(max_size=80), st.integers(0, 4))
def test_whatever_is_sent_the_answer_is_an_address(text, count):
    from django.test import override_settings

    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=text)
    with override_settings(TRUSTED_PROXY_COUNT=count):
        assert client_address(request)


def test_log_ins_are_locked_by_the_same_address(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().post(
        "/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{FORGED}, 2001:db8::5"
    )

    assert get_client_ip_address(request) == client_address(request) == "2001:db8::"


def _errors():
    return [error for error in run_checks() if error.id == "stillwater.E004"]


@pytest.mark.parametrize(
    ("production", "count", "own_tls", "complains"),
    [
        (True, 0, "", True),
        (True, 0, "/run/cert.pem", False),
        (True, 1, "", False),
        (False, 0, "", False),
    ],
)
def test_a_live_shop_behind_a_proxy_must_say_how_many(
    settings, monkeypatch, production, count, own_tls, complains
):
    settings.PRODUCTION, settings.TRUSTED_PROXY_COUNT = production, count
    monkeypatch.setenv("GRANIAN_SSL_CERTIFICATE", own_tls)

    assert bool(_errors()) is complains
    if complains:
        assert _errors()[0].hint == (
            "Set TRUSTED_PROXY_COUNT to the number of proxies in front: 1 for the proxy in "
            "docker-compose.yml, 2 if another one ends TLS before it."
        )


def test_log_ins_by_another_address_are_refused(settings):
    settings.AXES_CLIENT_IP_CALLABLE = None

    assert [error.msg for error in _errors()] == [
        "Log-ins are locked by another address than limits count."
    ]

"""Which forms the shop accepts without a CSRF token."""

import pytest

from storefront.decorators import RequestOrigin, comes_from_this_shop

OWN = "https://shop.example"


@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-origin", "origin": OWN}, True),
        ({"sec_fetch_site": "same-origin", "origin": "https://evil.example"}, False),
        ({"sec_fetch_site": "same-site", "origin": OWN}, False),
        ({"sec_fetch_site": "cross-site", "referer": f"{OWN}/sets/"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"origin": OWN}, True),
        ({"origin": "https://SHOP.example"}, True),
        ({"origin": "null"}, False),
        ({"origin": "http://shop.example"}, False),
        ({"origin": "https://shop.example:444"}, False),
        ({"origin": "https://evil.example", "referer": f"{OWN}/sets/"}, False),
        ({"referer": f"{OWN}/sets/a-set/"}, True),
        ({"referer": "https://shop.example.evil.example/"}, False),
        ({"referer": "https://shop.example@evil.example/"}, False),
        ({"referer": "https://[broken"}, False),
        ({}, False),
    ],
)
def test_a_form_must_come_from_our_own_pages(told, allowed):
    assert comes_from_this_shop(RequestOrigin(own_origin=OWN, **told)).allowed is allowed


def test_the_reason_is_told():
    assert comes_from_this_shop(RequestOrigin(own_origin=OWN)) == (False, "origin not told")

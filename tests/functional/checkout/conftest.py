"""A guest at the review step."""

import pytest
from django.test import Client

from tests.functional.discretion.life import ADDRESS

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def guest_with(shop):
    """Return a function that makes a guest with variants in the basket, at the review step."""

    def make(*variants, email="robin@example.org"):
        client = Client(headers=OWN)
        for variant in variants:
            client.post("/basket/add/", {"variant": variant.pk, "quantity": 1})
        client.post("/checkout/address/", {**ADDRESS, "email": email})
        client.post("/checkout/delivery/", {"method": shop.courier.pk})
        return client

    return make


@pytest.fixture
def guest(guest_with, shop):
    """Someone with the full range, 89.00, and delivery for 3.50."""
    return guest_with(shop.full)

"""Who buys gift cards in these tests."""

import pytest
from django.test import Client

from tests.functional.gift_cards.buying import OWN


@pytest.fixture
def guest():
    return Client(headers=OWN)

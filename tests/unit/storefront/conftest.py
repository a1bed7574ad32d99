"""Fixtures of the storefront's unit tests."""

import pytest

from tests.unit.storefront.shop import open_shop


@pytest.fixture
def shop(db):
    """A small shop with ten pieces of everything."""
    return open_shop()

"""What the ordering tests share."""

import pytest

from tests.factories import FakeProvider


@pytest.fixture
def provider():
    """A payment provider that fails the test when it is called inside a transaction."""
    return FakeProvider

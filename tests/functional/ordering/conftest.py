"""What the ordering tests share."""

import pytest

from tests.factories import FakeProvider


@pytest.fixture
def provider(settings):
    """A payment provider that fails the test when it is called inside a transaction."""
    settings.PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
    FakeProvider.reset()
    return FakeProvider

"""What the tests of e-mails share."""

import pytest

from tests.factories import FakeProvider


@pytest.fixture(autouse=True)
def _provider(settings):
    settings.PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
    FakeProvider.reset()

"""Which provider takes the money."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from plugins.ordering.payment_provider import get_provider
from tests.factories import FakeProvider


def test_provider_named_by_the_settings(settings):
    settings.PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
    assert isinstance(get_provider(), FakeProvider)


@pytest.mark.parametrize("path", ["", "nowhere.Provider", "plugins.stripe_payments.Nothing"])
def test_missing_provider_is_told_in_one_line(settings, path):
    settings.PAYMENT_PROVIDER = path
    with pytest.raises(ImproperlyConfigured) as refused:
        get_provider()
    assert "\n" not in str(refused.value)
    assert "PAYMENT_PROVIDER" in str(refused.value)

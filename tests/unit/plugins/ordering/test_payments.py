"""Which provider takes the money."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from plugins.local_payments.provider import LocalPayments
from plugins.ordering.payments import get_provider


def test_provider_named_by_the_settings(settings):
    settings.PAYMENT_PROVIDER = "plugins.local_payments.provider.LocalPayments"
    assert isinstance(get_provider(), LocalPayments)


@pytest.mark.parametrize("path", ["", "nowhere.Provider", "plugins.local_payments.Nothing"])
def test_missing_provider_is_told_in_one_line(settings, path):
    settings.PAYMENT_PROVIDER = path
    with pytest.raises(ImproperlyConfigured) as refused:
        get_provider()
    assert "\n" not in str(refused.value)
    assert "PAYMENT_PROVIDER" in str(refused.value)

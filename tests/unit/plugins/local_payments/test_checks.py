"""The local payment page cannot run in production."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from plugins.local_payments import PROVIDER_PATH
from plugins.local_payments.checks import refuse_in_production
from plugins.local_payments.provider import LocalPayments


@pytest.fixture
def production(settings):
    settings.PRODUCTION = True
    return settings


def test_check_refuses_it_in_production(production):
    production.PAYMENT_PROVIDER = PROVIDER_PATH
    (error,) = refuse_in_production()
    assert error.id == "stillwater.E002"
    assert error.is_serious()


def test_check_accepts_it_elsewhere(settings):
    settings.PAYMENT_PROVIDER = PROVIDER_PATH
    assert refuse_in_production() == []


def test_check_accepts_another_provider_in_production(production):
    production.PAYMENT_PROVIDER = "somewhere.else.Provider"
    assert refuse_in_production() == []


def test_provider_itself_refuses(production):
    with pytest.raises(ImproperlyConfigured):
        LocalPayments()

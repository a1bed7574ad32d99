import importlib
import importlib.util

import pytest
from saleor.core.utils import get_country_by_ip

from saleor_config.compat.absent_packages import INERT


def test_no_address_has_a_country() -> None:
    assert get_country_by_ip("217.144.198.134") is None


@pytest.mark.parametrize("gateway", ["braintree", "razorpay", "stripe"])
def test_saleors_own_gateways_can_be_imported(gateway: str) -> None:
    plugin = importlib.import_module(f"saleor.payment.gateways.{gateway}.plugin")

    assert hasattr(plugin, f"{gateway.title()}GatewayPlugin")


@pytest.mark.parametrize(
    "name",
    [
        "jaeger_client",
        "html_to_draftjs",
        "google_measurement_protocol",
        "jwt",
    ],
)
def test_a_stand_in_refuses_to_be_used(name: str) -> None:
    assert name in INERT
    with pytest.raises(ImportError, match=f"{name} is not installed"):
        importlib.import_module(name).anything("x")


def test_an_unknown_package_is_still_missing() -> None:
    assert importlib.util.find_spec("no_such_package_at_all") is None

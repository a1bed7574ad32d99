"""The example shop: what it is given without having asked for it."""

import pytest

from plugins.taxes.plugin import current_settings
from saleor_config.management.commands.prepare_shop import EXAMPLE_NUMBER, register_demo_shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "number"), [("GB", EXAMPLE_NUMBER), ("US", ""), ("ES", ""), ("JP", ""), ("KW", "")]
)
def test_only_a_british_shop_gets_the_british_example_of_a_vat_number(settings, country, number):
    settings.DEFAULT_COUNTRY = country
    register_demo_shop()
    assert current_settings().number == number

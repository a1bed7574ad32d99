import pytest
from django.apps import apps
from django.apps.config import AppConfig
from django.core.checks import run_checks
from django.db import models


@pytest.mark.parametrize("label", ["account", "order", "product", "django_prices_vatlayer"])
def test_primary_keys_stay_what_the_migrations_made(label: str) -> None:
    with_generated_key = [m._meta.pk for m in apps.get_app_config(label).get_models()]

    assert any(type(key) is models.AutoField for key in with_generated_key)
    assert not any(isinstance(key, models.BigAutoField) for key in with_generated_key)


def test_a_project_wide_default_does_not_reach_saleor(settings: object) -> None:
    settings.DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # type: ignore[attr-defined]

    assert AppConfig.create("saleor.order").default_auto_field == "django.db.models.AutoField"
    assert AppConfig.create("storefront").default_auto_field == "django.db.models.BigAutoField"


def test_no_check_asks_saleor_for_its_primary_keys() -> None:
    assert [message for message in run_checks() if message.id == "models.W042"] == []

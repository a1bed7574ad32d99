import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from saleor.product.models import Attribute


@pytest.mark.django_db
def test_saleor_has_nothing_to_migrate() -> None:
    call_command("makemigrations", "product", check=True, dry_run=True, verbosity=0)


def test_the_state_names_the_same_through_fields_as_the_model() -> None:
    state = MigrationLoader(None).project_state([("product", "0117_auto_20200423_0737")])

    field = state.models["product", "attribute"].get_field("product_types")
    assert field.remote_field.through_fields == ("attribute", "product_type")
    model_field = Attribute._meta.get_field("product_types")
    assert (
        field.deconstruct()[3]["through_fields"] == model_field.deconstruct()[3]["through_fields"]
    )

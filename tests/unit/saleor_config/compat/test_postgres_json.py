import pytest
from django.core.checks import run_checks
from django.db import models
from saleor.account.models import User
from saleor.core.db.fields import SanitizedJSONField


def test_saleor_json_fields_are_the_builtin_one() -> None:
    field = User._meta.get_field("metadata")

    assert type(field) is models.JSONField
    assert issubclass(SanitizedJSONField, models.JSONField)


def test_no_check_complains_of_the_removed_field() -> None:
    assert [message for message in run_checks() if message.id == "fields.E904"] == []


@pytest.mark.django_db
def test_metadata_is_stored_and_found_by_key() -> None:
    user = User.objects.create(email="a@example.com", metadata={"note": "x"})
    User.objects.create(email="b@example.com", metadata={})

    assert User.objects.get(metadata__note="x") == user
    assert User.objects.filter(metadata__has_key="note").count() == 1
    assert User.objects.filter(metadata__contains={"note": "y"}).count() == 0

import pytest
from django.core.checks import run_checks
from django.db import models
from django.forms.boundfield import BoundField
from django.urls import resolve
from django.utils import encoding, translation
from saleor.account.models import User
from saleor.core.db.fields import SanitizedJSONField
from saleor.product.models import Product, ProductVariant


def test_saleor_binds_its_address_fields_line_by_line() -> None:
    from saleor.account.forms import get_address_form  # makes 249 forms, which takes seconds
    from saleor.account.i18n import get_form_i18n_lines

    form, _ = get_address_form({"country": "PL"}, country_code="PL")

    lines = get_form_i18n_lines(form)

    assert [field.name for field in lines[0]] == ["first_name", "last_name"]
    assert all(isinstance(field, BoundField) for line in lines for field in line)


def test_saleor_data_feeds_keep_their_pattern() -> None:
    assert resolve("/google/", urlconf="saleor.data_feeds.urls").url_name == "google-feed"


def test_saleor_names_a_variant_with_smart_text() -> None:
    variant = ProductVariant(product=Product(name="Dilator set"), name="", sku="set-1")

    assert variant.display_product() == "Dilator set (set-1)"


def test_the_old_name_converts_bytes_as_the_new_one_does() -> None:
    assert encoding.smart_text(b"caf\xc3\xa9") == "café"  # type: ignore[attr-defined]


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ugettext", "gettext"),
        ("ugettext_lazy", "gettext_lazy"),
        ("ugettext_noop", "gettext_noop"),
        ("ungettext", "ngettext"),
        ("ungettext_lazy", "ngettext_lazy"),
    ],
)
def test_each_old_name_is_the_new_function(old: str, new: str) -> None:
    assert getattr(translation, old) is getattr(translation, new)


def test_an_old_name_translates() -> None:
    with translation.override("de"):
        assert translation.ugettext("Yes") == "Ja"  # type: ignore[attr-defined]

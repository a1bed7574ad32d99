import pytest
from saleor.discount.models import Voucher
from saleor.shipping.models import ShippingZone


@pytest.mark.django_db
def test_a_zone_keeps_its_countries_in_the_given_order() -> None:
    zone = ShippingZone.objects.create(name="Europe", countries=["PL", "US", "DE"])

    stored = ShippingZone.objects.get(pk=zone.pk)
    assert [country.code for country in stored.countries] == ["PL", "US", "DE"]
    assert ShippingZone.objects.filter(countries__contains="US").count() == 1
    assert [country.name for country in Voucher(countries="PL,DE").countries] == [
        "Poland",
        "Germany",
    ]


@pytest.mark.parametrize("model", [ShippingZone, Voucher])
def test_the_fields_declare_what_saleors_migrations_do(model: type) -> None:
    options = model._meta.get_field("countries").deconstruct()[3]  # type: ignore[attr-defined]

    assert options["multiple"] is True
    assert not {"multiple_sort", "multiple_unique"} & set(options)

import pytest
from saleor.account.forms import get_address_form
from saleor.account.models import Address
from saleor.account.widgets import PhonePrefixWidget

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "street_address_1": "Tęczowa 7",
    "postal_code": "53-601",
    "city": "Wrocław",
    "country": "PL",
}


def _form(**extra: str):  # type: ignore[no-untyped-def]
    return get_address_form({**ADDRESS, **extra}, country_code="PL")[0]


@pytest.mark.parametrize("extra", [{}, {"phone": ""}])
def test_an_address_without_a_phone_number_is_valid(extra: dict[str, str]) -> None:
    form = _form(**extra)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == ""


@pytest.mark.parametrize(
    ("extra", "stored"),
    [
        ({"phone": "+48321321888"}, "+48321321888"),
        ({"phone": "321321888"}, "+48321321888"),
        ({"phone_0": "+48", "phone_1": "321321888"}, "+48321321888"),
    ],
)
@pytest.mark.django_db
def test_a_number_is_read_whole_or_in_two_parts(extra: dict[str, str], stored: str) -> None:
    form = _form(**extra)

    assert form.is_valid(), form.errors
    assert Address.objects.get(pk=form.save().pk).phone.as_e164 == stored


def test_an_impossible_number_is_refused() -> None:
    assert list(_form(phone="123").errors) == ["phone"]


def test_a_stored_number_is_shown_as_prefix_and_rest() -> None:
    widget = PhonePrefixWidget()

    assert widget.decompress(Address(phone="+48321321888").phone) == ["+48", "321321888"]
    assert widget.decompress(None) == [None, ""]

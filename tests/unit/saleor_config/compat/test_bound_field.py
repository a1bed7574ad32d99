from django.forms.boundfield import BoundField


def test_saleor_binds_its_address_fields_line_by_line() -> None:
    from saleor.account.forms import get_address_form  # makes 249 forms, which takes seconds
    from saleor.account.i18n import get_form_i18n_lines

    form, _ = get_address_form({"country": "PL"}, country_code="PL")

    lines = get_form_i18n_lines(form)

    assert [field.name for field in lines[0]] == ["first_name", "last_name"]
    assert all(isinstance(field, BoundField) for line in lines for field in line)

"""The quick widgets write what Django's own do."""

import pytest
from django import forms
from django.test import SimpleTestCase

from storefront.forms.filters import QuickNumber, QuickSelect

CHOICES = [("", "Any"), (1, "One & only"), ("<b>", '"Two"')]
same_html = SimpleTestCase().assertHTMLEqual


@pytest.mark.parametrize("value", [None, "", 1, "1", "<b>", "unknown"])
def test_a_select_is_djangos(value):
    attrs = {"id": "id_size", "aria-invalid": "true", "required": False}
    quick, slow = QuickSelect(choices=CHOICES), forms.Select(choices=CHOICES)
    same_html(quick.render("size", value, attrs), slow.render("size", value, attrs))


@pytest.mark.parametrize("value", [None, "", 0, 12, '"><script>'])
def test_a_number_is_djangos(value):
    attrs = {"id": "id_most", "min": 1, "placeholder": "60"}
    same_html(
        QuickNumber().render("most", value, attrs), forms.NumberInput().render("most", value, attrs)
    )

"""Article numbers in every shape that people give them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.product.models import ProductVariant

from product_content.search.words import find_named, normal, read_codes
from tests.factories import ProductFactory


@pytest.mark.parametrize("typed", ["SW-ONE-9", "sw-one-9", "sw one 9", "swone9", "SW_ONE/9"])
def test_a_number_is_the_same_in_any_case_with_or_without_hyphens(typed):
    assert normal(typed) == "swone9"
    assert read_codes(typed).whole[-1] == "swone9"
    assert read_codes(typed).begun == "swone9"


def test_a_number_is_found_among_other_words():
    codes = read_codes("do you still have the large set SW-SET-69 please")

    assert "swset69" in codes.whole
    assert codes.begun == ""


@pytest.mark.parametrize("typed", ["gentle gel", "lubricant", ""])
def test_words_that_people_search_by_are_no_numbers(typed):
    assert read_codes(typed, known=typed.split()) == ((), "")


def test_a_beginning_of_three_signs_is_too_short():
    assert read_codes("sw-s").begun == ""


@pytest.mark.django_db
def test_numbers_are_looked_up_in_their_index():
    """Among thousands of variants, to put each number into the same shape takes 50 ms a search."""
    product = ProductFactory()
    many = (ProductVariant(product=product, sku=f"MANY-{n}", name="") for n in range(2000))
    ProductVariant.objects.bulk_create(many)
    with CaptureQueriesContext(connection) as queries:
        assert find_named(read_codes("SW-ONE-9")) is None
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE product_product, product_productvariant")
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Bitmap Index Scan on product_content_article_numbers") == 2

"""What the database refuses, whoever writes."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from saleor.product.models import Product

from product_content.models import Guide, GuideProduct, GuideRelation, SafetyCard, SetSize, Size


def at_commit():
    """Run the rules that wait for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def commit(change):
    """Make a change and commit it."""
    with transaction.atomic():
        change()
        at_commit()


def size(number, diameter_mm, **fields):
    figures = {"usable_length_mm": 100, "weight_g": 20} | fields
    return Size(number=number, diameter_mm=diameter_mm, **figures)


@pytest.mark.parametrize(("number", "diameter_mm"), [(2, 20), (4, 16)])
def test_two_sizes_with_one_number_or_one_diameter_are_refused(loaded, number, diameter_mm):
    with pytest.raises(IntegrityError, match="unique"), transaction.atomic():
        size(number, diameter_mm).save()


def test_a_bigger_number_that_is_not_wider_is_refused_at_commit(loaded):
    with pytest.raises(IntegrityError, match="out of order"):
        commit(size(4, 18).save)


def test_a_chart_may_be_changed_as_a_whole_in_one_transaction(loaded):
    with transaction.atomic():
        for number, diameter_mm in ((3, 30), (2, 25), (1, 20)):
            Size.objects.filter(number=number).update(diameter_mm=diameter_mm)
        at_commit()


def test_a_form_names_the_size_that_is_out_of_order(loaded):
    with pytest.raises(ValidationError) as refused:
        size(4, 18).full_clean()

    assert refused.value.message_dict == {
        "diameter_mm": ["Out of order: size 3 is 20 mm. A bigger number must be wider."]
    }


def test_a_size_of_no_width_is_refused(loaded):
    with pytest.raises(IntegrityError, match="size_figures_are_positive"), transaction.atomic():
        size(4, 0).save()


def test_a_set_keeps_at_least_one_size(loaded):
    sizes = SetSize.objects.filter(product__slug="small-set")

    with pytest.raises(IntegrityError, match="at least one size"):
        commit(sizes.delete)


def test_a_set_may_be_deleted_with_its_sizes(loaded):
    Product.objects.get(slug="small-set").delete()
    at_commit()

    assert not SetSize.objects.exists()


def test_a_size_is_in_a_set_once(loaded):
    held = SetSize.objects.first()
    with pytest.raises(IntegrityError, match="size_once_per_set"), transaction.atomic():
        SetSize.objects.create(product=held.product, size=held.size)


@pytest.mark.parametrize(
    "field",
    [
        "material",
        "firmness",
        "latex",
        "magnet",
        "cleaning",
        "lubricant",
        "intended_use",
        "not_studied_for",
    ],
)
@pytest.mark.parametrize("value", ["", " "])
def test_a_safety_card_is_complete_or_refused(loaded, field, value):
    with pytest.raises(IntegrityError, match="safety_card_is_complete"), transaction.atomic():
        SafetyCard.objects.update(**{field: value})


@pytest.mark.parametrize("review", [{"reviewer": "A. Person"}, {"reviewed_on": date(2026, 1, 31)}])
def test_a_review_has_a_name_and_a_date(loaded, review):
    with pytest.raises(IntegrityError, match="guide_review"), transaction.atomic():
        Guide.objects.filter(slug="first").update(**review)


def test_a_guide_names_a_product_once_and_with_a_reason(loaded):
    link = GuideProduct.objects.first()
    with pytest.raises(IntegrityError, match="product_once_per_guide"), transaction.atomic():
        GuideProduct.objects.create(
            guide=link.guide, product=link.product, stage="care", reason="Again."
        )
    with pytest.raises(IntegrityError, match="stage_and_reason"), transaction.atomic():
        GuideProduct.objects.filter(pk=link.pk).update(reason=" ")


def test_a_guide_is_not_related_to_itself(loaded):
    relation = GuideRelation.objects.first()
    with pytest.raises(IntegrityError, match="not_related_to_itself"), transaction.atomic():
        GuideRelation.objects.filter(pk=relation.pk).update(related=relation.guide)

"""``through_fields`` in the migration state of ``ManyToManyField``.

Changed in Django 5.2: ``ManyToManyField.deconstruct()`` names ``through_fields``, so fields that
were migrated before look altered ("models have changes that are not yet reflected").

Saleor: five fields of ``product/models.py``. The alteration is of the state only, so it joins the
last migration that Saleor ships: ``makemigrations`` then finds nothing to write in site-packages.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .hooks import when_imported

LAST_MIGRATION = "saleor.product.migrations.0117_auto_20200423_0737"

# model, field, options of the field as product/models.py declares them
_FIELDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "attribute",
        "product_types",
        {
            "to": "product.ProductType",
            "through": "product.AttributeProduct",
            "through_fields": ("attribute", "product_type"),
            "related_name": "product_attributes",
            "blank": True,
        },
    ),
    (
        "attribute",
        "product_variant_types",
        {
            "to": "product.ProductType",
            "through": "product.AttributeVariant",
            "through_fields": ("attribute", "product_type"),
            "related_name": "variant_attributes",
            "blank": True,
        },
    ),
    (
        "attributeproduct",
        "assigned_products",
        {
            "to": "product.Product",
            "through": "product.AssignedProductAttribute",
            "through_fields": ("assignment", "product"),
            "related_name": "attributesrelated",
            "blank": True,
        },
    ),
    (
        "attributevariant",
        "assigned_variants",
        {
            "to": "product.ProductVariant",
            "through": "product.AssignedVariantAttribute",
            "through_fields": ("assignment", "variant"),
            "related_name": "attributesrelated",
            "blank": True,
        },
    ),
    (
        "collection",
        "products",
        {
            "to": "product.Product",
            "through": "product.CollectionProduct",
            "through_fields": ("collection", "product"),
            "related_name": "collections",
            "blank": True,
        },
    ),
)


def _state_operations() -> list[Any]:
    from django.db import migrations, models

    return [
        migrations.AlterField(model, field, models.ManyToManyField(**options))
        for model, field, options in _FIELDS
    ]


def _name_through_fields(migration: ModuleType) -> None:
    from django.db import migrations

    migration.Migration.operations = [
        *migration.Migration.operations,
        migrations.SeparateDatabaseAndState(state_operations=_state_operations()),
    ]


def install() -> None:
    """Tell the migration state what Django 5.2 reads from Saleor's models."""
    when_imported(LAST_MIGRATION, _name_through_fields)

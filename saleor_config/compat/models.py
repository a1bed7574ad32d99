"""What Django changed in models and their migrations since Saleor 2.10.1 was written."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported

PACKAGES_WITH_AUTO_FIELD = ("saleor", "django_prices_openexchangerates", "django_prices_vatlayer")


def _with_auto_field(config: Any) -> Any:
    """Move an app configuration to a subclass: Django asks its class, not the instance."""
    cls = type(config)
    config.__class__ = type(
        cls.__name__,
        (cls,),
        {"__module__": cls.__module__, "default_auto_field": "django.db.models.AutoField"},
    )
    return config


def _pin_after_create(create: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(create)
    def wrapper(cls: Any, entry: str) -> Any:
        config = create(cls, entry)
        if config.name.partition(".")[0] in PACKAGES_WITH_AUTO_FIELD:
            return _with_auto_field(config)
        return config

    return wrapper


def _pin_auto_field(config: ModuleType) -> None:
    create = config.AppConfig.create.__func__
    if not hasattr(create, "__wrapped__"):
        config.AppConfig.create = classmethod(_pin_after_create(create))


def keep_auto_fields() -> None:
    """Keep Saleor's primary keys what its migrations made, whatever ``DEFAULT_AUTO_FIELD`` is.

    Changed in Django 3.2: "customizing type of auto-created primary keys": a model takes it
    from ``AppConfig.default_auto_field`` or ``DEFAULT_AUTO_FIELD``, and the check
    ``models.W042`` asks for either. Saleor was migrated with ``AutoField``; under a project's
    ``BigAutoField`` every one of its models would ask for a migration inside site-packages.

    Saleor: none of its apps, nor the price packages of its time, sets ``default_auto_field``.
    """
    when_imported("django.apps.config", _pin_auto_field)


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


def name_through_fields() -> None:
    """Tell the migration state what Django 5.2 reads from Saleor's models.

    Changed in Django 5.2: ``ManyToManyField.deconstruct()`` names ``through_fields``, so fields
    that were migrated before look altered ("models have changes that are not yet reflected").

    Saleor: five fields of ``product/models.py``. The alteration is of the state only, so it
    joins the last migration that Saleor ships: ``makemigrations`` then finds nothing to write
    in site-packages.
    """
    when_imported(LAST_MIGRATION, _name_through_fields)


def is_saleor_model(model: type) -> bool:
    """Return whether ``model`` is defined in Saleor."""
    return model.__module__.partition(".")[0] == "saleor"


def _is_unsaved_saleor_instance(value: Any) -> bool:
    return hasattr(value, "_is_pk_set") and is_saleor_model(type(value)) and not value._is_pk_set()


def _empty_manager_of_unsaved(create_manager: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(create_manager)
    def wrapper(superclass: Any, rel: Any) -> Any:
        manager_class = create_manager(superclass, rel)

        class RelatedManager(manager_class):  # type: ignore[misc,valid-type]
            def get_queryset(self) -> Any:
                if _is_unsaved_saleor_instance(self.instance):
                    return superclass.get_queryset(self).none()
                return super().get_queryset()

        RelatedManager.__qualname__ = manager_class.__qualname__
        return RelatedManager

    return wrapper


def _relax_reverse_managers(related_descriptors: ModuleType) -> None:
    create_manager = related_descriptors.create_reverse_many_to_one_manager
    if not hasattr(create_manager, "__wrapped__"):
        related_descriptors.create_reverse_many_to_one_manager = (  # type: ignore[attr-defined]
            _empty_manager_of_unsaved(create_manager)
        )


def _null_for_unsaved(normalize: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(normalize)
    def wrapper(value: Any, lhs: Any) -> Any:
        if _is_unsaved_saleor_instance(value):
            return (None,)
        return normalize(value, lhs)

    return wrapper


def _relax_related_filters(related_lookups: ModuleType) -> None:
    normalize = related_lookups.get_normalized_value
    if not hasattr(normalize, "__wrapped__"):
        related_lookups.get_normalized_value = _null_for_unsaved(  # type: ignore[attr-defined]
            normalize
        )


def read_unsaved_instances() -> None:
    """Let Saleor read the relations of its unsaved instances: they are empty.

    Changed in Django 4.1 ("reverse foreign key changes for unsaved model instances": "in order
    to unify the behavior … a ``ValueError`` is raised") and Django 5.0 ("passing unsaved model
    instances to related filters is no longer allowed"). Until then the reverse manager of an
    unsaved instance was empty, and the filter compared with NULL.

    Saleor: mutations validate an instance before it is saved (``graphql/core/mutations.py``
    ``ModelMutation``), and its models read their own relations (``order.lines``,
    ``product.variants``, ``Voucher`` and ``MenuItem``). Only Saleor's models get the old
    answers; ours keep Django's check.
    """
    when_imported("django.db.models.fields.related_descriptors", _relax_reverse_managers)
    when_imported("django.db.models.fields.related_lookups", _relax_related_filters)


def _in_order_of_definition(cls: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return ``kwargs`` with the virtual fields last, as the model declares them."""
    virtual = [field.name for field in cls._meta.private_fields if field.name in kwargs]
    ordered = {name: value for name, value in kwargs.items() if name not in virtual}
    return {**ordered, **{name: kwargs[name] for name in virtual}}


def _sort_virtual_fields(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs:
            kwargs = _in_order_of_definition(type(self), kwargs)
        init(self, *args, **kwargs)

    return wrapper


def _wrap_constructor(sender: Any, **kwargs: object) -> None:
    if is_saleor_model(sender) and len(sender._meta.private_fields) > 1:
        sender.__init__ = _sort_virtual_fields(sender.__init__)


def _listen(signals: ModuleType) -> None:
    signals.class_prepared.connect(_wrap_constructor, dispatch_uid="saleor_config.compat")


def order_virtual_fields() -> None:
    """Set virtual fields as their model defines them.

    Changed in Django 5.0 (generated fields): ``Model(**kwargs)`` used to set virtual fields in
    the order of their definition, now it sets them last, in the order of the arguments.

    Saleor: its ``MoneyField`` pairs share one currency column, and setting a price to ``None``
    also empties the currency. ``ProductVariant(cost_price=Money(1, "USD"),
    price_override=None)`` lost its currency, and so its cost price; ``ShippingMethod``,
    ``Order`` and ``GiftCard`` have such pairs too.
    """
    when_imported("django.db.models.signals", _listen)


def _let_expressions_pass(prepare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(prepare)
    def wrapper(self: Any, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):
            return value
        return prepare(self, value, connection)

    return wrapper


def _patch_field(fields: ModuleType) -> None:
    field = fields.SanitizedJSONField
    field.get_db_prep_save = _let_expressions_pass(field.get_db_prep_save)


def let_expressions_pass() -> None:
    """Let ``bulk_update()`` write Saleor's cleaned JSON fields.

    Changed in Django 4.2: ``Model.save()`` and ``bulk_update()`` ask the field to prepare
    expressions too (``Field.get_db_prep_save()`` returns those unchanged), so an override must
    let them pass.

    Saleor: ``core/db/fields.py:SanitizedJSONField`` (content of products, pages, categories and
    collections) would clean, and fail on, the ``CASE`` of a ``bulk_update()``. What is inside
    the expression is still cleaned: each value passes through the field by itself.
    """
    when_imported("saleor.core.db.fields", _patch_field)

"""Unsaved model instances in reverse relations and related filters.

Changed in Django 4.1 ("reverse foreign key changes for unsaved model instances": "in order to
unify the behavior … a ``ValueError`` is raised") and Django 5.0 ("passing unsaved model instances
to related filters is no longer allowed"). Until then the reverse manager of an unsaved instance
was empty, and the filter compared with NULL.

Saleor: mutations validate an instance before it is saved (``graphql/core/mutations.py``
``ModelMutation``), and its models read their own relations (``order.lines``, ``product.variants``,
``Voucher`` and ``MenuItem``). Only Saleor's models get the old answers; ours keep Django's check.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported


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


def install() -> None:
    """Let Saleor read the relations of its unsaved instances: they are empty."""
    when_imported("django.db.models.fields.related_descriptors", _relax_reverse_managers)
    when_imported("django.db.models.fields.related_lookups", _relax_related_filters)

"""``QuerySet.bulk_update()`` of objects that are not model instances.

Changed in Django 4.1 ("passing unsaved model instances … is no longer allowed": the query asks
each object to prepare its related fields) and 5.2 (composite primary keys: it asks each object
``_is_pk_set()``). Until then any object with a ``pk`` and the updated attributes would do.

Saleor: ``graphql/core/utils/reordering.py`` passes its ``FinalSortOrder`` data class when staff
reorder menu items, collections' products, images and attributes.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .hooks import when_imported


def _is_pk_set(self: Any, meta: object = None) -> bool:
    return self.pk is not None


def _prepare_related_fields_for_save(self: Any, **kwargs: object) -> None:
    """Do nothing: a sort order has no related fields."""


def _answer_as_models_do(reordering: ModuleType) -> None:
    reordering.FinalSortOrder._is_pk_set = _is_pk_set
    reordering.FinalSortOrder._prepare_related_fields_for_save = _prepare_related_fields_for_save


def install() -> None:
    """Give ``FinalSortOrder`` the two methods that ``bulk_update()`` calls."""
    when_imported("saleor.graphql.core.utils.reordering", _answer_as_models_do)

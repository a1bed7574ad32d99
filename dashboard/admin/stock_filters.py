"""The stock table by size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from dashboard.selectors.stock import size_choices, with_size


class SizeFilter(SimpleListFilter):
    """Singles in a size, and the sets that contain it."""

    title = "size"
    parameter_name = "size"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the sizes of the chart."""
        return size_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the stocks of the chosen size."""
        value = self.value() or ""
        return with_size(queryset, int(value)) if value.isdecimal() else queryset

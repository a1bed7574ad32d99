"""The size chart."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.http import HttpRequest

from dashboard.admin.base import SaleorModelAdmin
from dashboard.admin.content_parts import PERMISSION
from dashboard.site import staff_site
from product_content.models import Size
from product_content.search.services import rebuild_search


@admin.register(Size, site=staff_site)
class SizeAdmin(SaleorModelAdmin):
    """The house size chart, in millimetres and grams."""

    required_permission = PERMISSION
    list_display = ("number", "diameter_mm", "usable_length_mm", "weight_g")
    list_display_links = ("number",)
    search_fields = ("=number", "=diameter_mm")
    search_help_text = "Number or diameter in mm"
    ordering = ("number",)
    fields = (("number", "diameter_mm"), ("usable_length_mm", "weight_g"))

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; nothing of a size is zero."""
        return super().formfield_for_dbfield(db_field, request, min_value=1, **kwargs)

    def save_model(self, request: HttpRequest, obj: Size, form: Any, change: bool) -> None:
        """Save; a new number is then found with everything that has the size."""
        super().save_model(request, obj, form, change)
        if "number" in form.changed_data:
            rebuild_search()

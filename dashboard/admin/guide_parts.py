"""What hangs on a guide: its products and the guides worth reading next."""

from __future__ import annotations

from dashboard.admin.base import SaleorStackedInline, SaleorTabularInline
from dashboard.admin.content_parts import PERMISSION
from product_content.models import GuideProduct, GuideRelation


class GuideProductInline(SaleorStackedInline):
    """The products a guide speaks of, at which stage and why."""

    required_permission = PERMISSION
    can_remove = True
    model = GuideProduct
    verbose_name = "product"
    verbose_name_plural = "Products"
    autocomplete_fields = ("product",)
    fields = (("product", "stage"), "reason", ("on_guide", "sort_order"))


class GuideRelationInline(SaleorTabularInline):
    """The guides worth reading next."""

    required_permission = PERMISSION
    can_remove = True
    model = GuideRelation
    fk_name = "guide"
    verbose_name = "guide"
    verbose_name_plural = "Read next"
    autocomplete_fields = ("related",)
    fields = ("related", "sort_order")
    hide_title = True

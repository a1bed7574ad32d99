"""Products and their variants."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from saleor.product.models import Product
from unfold.decorators import action, display

from dashboard.admin.base import SaleorModelAdmin, SavesOnlyChanges
from dashboard.admin.content_parts import (
    PERMISSION,
    DetailInline,
    SafetyCardInline,
    SetSizeInline,
    VariantInline,
)
from dashboard.admin.photos import PhotoInline
from dashboard.admin.publishing import try_to_publish
from dashboard.admin.show import show_money
from dashboard.selectors.products import products_named, products_with_stock
from dashboard.services.products import (
    hide_product,
    publish_product,
    settle_product,
)
from dashboard.site import staff_site


def settle(request: HttpRequest, product: Product) -> None:
    """See to what follows from saving a product or a part of it; say so if that hides it."""
    if reason := settle_product(product_id=product.pk):
        messages.warning(request, f"{product.name} is hidden now: {reason}.")


@admin.register(Product, site=staff_site)
class ProductAdmin(SavesOnlyChanges, SaleorModelAdmin):
    """What is sold. Customers see it only once its safety card is complete."""

    required_permission = PERMISSION
    list_display = ("name", "kind", "price_shown", "shown", "left")
    list_filter = ("category", "is_published")
    list_select_related = ("category",)
    search_fields = ("name",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Name or SKU"
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (VariantInline, DetailInline, PhotoInline, SetSizeInline, SafetyCardInline)
    actions = ("publish_selected", "hide_selected")
    actions_submit_line = ("publish", "hide")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "slug"),
                    ("category", "product_type"),
                    ("price_amount", "shown"),
                    ("publication_date", "charge_taxes"),
                )
            },
        ),
        ("In search engines", {"fields": ("seo_title", "seo_description")}),
    )
    readonly_fields = ("shown",)

    class Media:
        css = {"all": ("dashboard/tabs.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Return the products with what is left of them."""
        return products_with_stock()

    def render_change_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form; after an error, say that a browser never sends a file a second time."""
        if request.FILES:
            messages.warning(request, "Nothing was saved yet. Please choose the pictures again.")
        return super().render_change_form(request, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Find by words of the name, the address or a SKU; no product twice."""
        for word in search_term.split():
            queryset = queryset.filter(products_named(word))
        return queryset, False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save variants, texts, photos, sizes and card; then see to what follows from them.

        Unfold would press its buttons in `save_model`, before the card is there.
        """
        super().save_related(request, form, formsets, change)
        settle(request, form.instance)
        for button in self.get_actions_submit_line(request, form.instance.pk):
            if button.action_name in request.POST:
                button.method(request, form.instance)

    @action(description="Save and publish", permissions=["change"])
    def publish(self, request: HttpRequest, obj: Product) -> None:
        """Show the product to customers, or say why not."""
        self._publish(request, obj)

    @action(description="Save and hide", permissions=["change"])
    def hide(self, request: HttpRequest, obj: Product) -> None:
        """Hide the product from customers."""
        hide_product(product_id=obj.pk)

    @admin.action(description="Publish", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Show the chosen products, as far as they may be shown."""
        for product in queryset.order_by("pk"):
            self._publish(request, product)

    @admin.action(description="Hide", permissions=["change"])
    def hide_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Hide the chosen products."""
        for product in queryset.order_by("pk"):
            hide_product(product_id=product.pk)

    def _publish(self, request: HttpRequest, product: Product) -> None:
        publish = partial(publish_product, product_id=product.pk)
        try_to_publish(request, publish, called=product.name)

    @display(description="Kind", ordering="category__name")
    def kind(self, product: Product) -> str:
        """Return the part of the shop it stands in."""
        return str(product.category.name) if product.category else "-"

    @display(description="Price", ordering="price_amount")
    def price_shown(self, product: Product) -> str:
        """Return the price with its currency."""
        return show_money(product.price_amount, product.currency)

    @display(
        description="Published",
        ordering="is_published",
        label={"Published": "success", "Hidden": "warning"},
    )
    def shown(self, product: Product) -> str:
        """Return whether customers can see it."""
        return "Published" if product.is_published else "Hidden"

    @display(description="Available", ordering="available")
    def left(self, product: Product) -> int:
        """Return the pieces that can be sold, of all variants."""
        return int(product.available)

"""Products, their variants, and the size chart.

On a product's page its variants, texts, photos, sizes and safety card are edited.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from saleor.product.models import Product, ProductImage, ProductVariant
from unfold import widgets
from unfold.decorators import action, display

from dashboard.admin.base import (
    SaleorModelAdmin,
    SaleorStackedInline,
    SaleorTabularInline,
    format_money,
    try_to_publish,
)
from dashboard.admin.requests import PossiblePages
from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.catalogue import product_search, products_with_stock
from dashboard.services.publishing import hide_product, publish_product, refresh_product
from dashboard.site import staff_site
from plugins.taxes.models import ProductTax
from product_content.models import (
    CustomsFacts,
    ProductDetail,
    SafetyCard,
    SetSize,
    SingleSize,
    Size,
)
from product_content.photos import (
    MAX_BYTES,
    ImageRefused,
    PreparedPhoto,
    move_photo,
    prepare_photo,
    store_copies,
)
from product_content.search.indexing import rebuild_search

PERMISSION = "product.manage_products"


class VariantInline(SaleorTabularInline):
    """What can be put into a basket. Stock is changed in the stock area, with a reason."""

    required_permission = PERMISSION
    model = ProductVariant
    verbose_name = "variant"
    verbose_name_plural = "Variants"
    fields = ("sku", "name", "price_override_amount", "track_inventory")
    hide_title = True
    tab = True


class TaxInline(SaleorStackedInline):
    """The product's tax class, and whether there is VAT relief for it."""

    required_permission = PERMISSION
    model = ProductTax
    extra = 1
    fields = (("tax_class", "relief"),)
    tab = True


class DetailInline(SaleorStackedInline):
    """The texts of the product's page."""

    required_permission = PERMISSION
    model = ProductDetail
    verbose_name = verbose_name_plural = "Texts"
    fields = ("summary", "description_markdown", "in_the_box", "picture")
    tab = True


class SetSizeFormSet(PossiblePages):
    """The sizes of a set, which keeps at least one of those it has."""

    def clean(self) -> None:
        """Check before saving what the database would refuse at commit."""
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data.get("size")]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        if self.initial_form_count() and not kept:
            raise ValidationError("A set keeps at least one size. Put another one in first.")


class SetSizeInline(SaleorTabularInline):
    """The sizes a set contains."""

    required_permission = PERMISSION
    model = SetSize
    formset = SetSizeFormSet
    can_remove = True
    verbose_name_plural = "Sizes in the set"
    fields = ("size",)
    hide_title = True
    tab = True


class SafetyCardInline(SaleorStackedInline):
    """The safety card; it is complete or it is not saved."""

    required_permission = PERMISSION
    model = SafetyCard
    verbose_name = verbose_name_plural = "Safety card"
    fields = (
        ("material", "firmness"),
        ("latex", "magnet"),
        "cleaning",
        "lubricant",
        "intended_use",
        "not_studied_for",
        "maker",
        ("device_class", "marking"),
        ("batch", "udi"),
        "importer",
        ("magnet_type", "magnet_field"),
    )
    tab = True


class CustomsInline(SaleorStackedInline):
    """What a customs form says of the product; it stands nowhere else."""

    required_permission = PERMISSION
    model = CustomsFacts
    can_remove = True
    verbose_name = verbose_name_plural = "Customs"
    fields = (("hs_code", "origin"),)
    tab = True


class SingleSizeInline(SaleorStackedInline):
    """The size of a variant that is sold singly."""

    required_permission = PERMISSION
    model = SingleSize
    can_remove = True
    verbose_name = verbose_name_plural = "Size"
    fields = ("size",)


class PhotoInput(widgets.UnfoldAdminFileFieldWidget):
    """Asks for a file as long as there is none; then it shows the photo, which never changes."""

    template_name = "dashboard/photo_input.html"


class PhotoForm(forms.ModelForm):
    """A photo. A file that is no picture is refused here, with a reason beside it."""

    image = forms.FileField(
        label="Picture",
        widget=PhotoInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=f"JPEG, PNG or WebP, up to {MAX_BYTES // 1024 // 1024} MB.",
    )
    alt = forms.CharField(
        label="What it shows",
        max_length=128,
        widget=widgets.UnfoldAdminTextInputWidget,
        help_text="Read out to people who cannot see it.",
    )
    place = forms.IntegerField(
        label="Place",
        min_value=1,
        required=False,
        widget=widgets.UnfoldAdminIntegerFieldWidget,
        help_text="1 is shown first; empty is last.",
    )
    photo: PreparedPhoto | None = None

    class Meta:
        model = ProductImage
        fields = ("image", "alt")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["image"].disabled = True
            self.initial["place"] = place = (self.instance.sort_order or 0) + 1
            self.instance.get_inline_title = f"Photo {place}"  # Unfold's heading of the row

    def clean_image(self) -> Any:
        """Return the re-encoded picture, and keep its smaller copies for `save`."""
        upload = self.cleaned_data["image"]
        if not isinstance(upload, UploadedFile):
            return upload
        try:
            self.photo = prepare_photo(upload=upload)
        except ImageRefused as refused:
            raise ValidationError(str(refused)) from refused
        return self.photo.original

    def save(self, commit: bool = True) -> ProductImage:
        """Save the row with its files, then move it to its position."""
        image = super().save(commit)
        if self.photo:
            store_copies(image=image, photo=self.photo)
        if "place" in self.changed_data and self.cleaned_data["place"]:
            move_photo(image_id=image.pk, place=self.cleaned_data["place"])
        return image


class PhotoInline(SaleorStackedInline):
    """The photos of a product, in the order in which customers see them."""

    required_permission = PERMISSION
    can_remove = True
    model = ProductImage
    form = PhotoForm
    verbose_name = "Photo"
    fields = ("image", ("alt", "place"))
    ordering = ("sort_order", "pk")
    hide_title = True
    tab = True


def refresh_and_warn(request: HttpRequest, product: Product) -> None:
    """Update what depends on a product after it was saved; say so if that hides it."""
    if reason := refresh_product(product_id=product.pk):
        messages.warning(request, f"{product.name} is hidden now: {reason}.")


@admin.register(Product, site=staff_site)
class ProductAdmin(SaleorModelAdmin):
    """What is sold. Customers see it only once its safety card is complete."""

    required_permission = PERMISSION
    list_display = ("name", "kind", "price_shown", "shown", "left")
    list_filter = ("category", "is_published")
    list_select_related = ("category",)
    search_fields = ("name",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Name or SKU"
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (
        VariantInline,
        DetailInline,
        PhotoInline,
        SetSizeInline,
        SafetyCardInline,
        CustomsInline,
        TaxInline,
    )
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
        """Return the products with their available pieces."""
        return products_with_stock()

    def render_change_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form; after an error, say that files have to be chosen again."""
        if request.FILES:
            messages.warning(request, "Nothing was saved yet. Please choose the pictures again.")
        return super().render_change_form(request, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Find by words of the name, the address or a SKU; no product twice."""
        for word in search_term.split():
            queryset = queryset.filter(product_search(word))
        return queryset, False

    def all_is_saved(self, request: HttpRequest, obj: Product) -> None:
        """Update what depends on variants, texts, photos, sizes and card."""
        refresh_and_warn(request, obj)

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
        """Return its category."""
        return str(product.category.name) if product.category else "-"

    @display(description="Price", ordering="price_amount")
    def price_shown(self, product: Product) -> str:
        """Return the price with its currency."""
        return format_money(product.price_amount, product.currency)

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


@admin.register(ProductVariant, site=staff_site)
class VariantAdmin(SaleorModelAdmin):
    """Variants: searched by the stock form, and where a single gets its size."""

    required_permission = PERMISSION
    list_display = ("sku", "product", "name")
    list_select_related = ("product",)
    search_fields = ("sku", "name", "product__name")
    ordering = ("sku",)
    can_add = False  # a variant is added on its product's page
    fields = ("sku", "name", "price_override_amount", "track_inventory")
    inlines = (SingleSizeInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductVariant]:
        """Return the variants with their products, which suggestions name."""
        return super().get_queryset(request).select_related("product")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those who keep stock choose a variant in their forms; its page is not for them."""
        match = request.resolver_match
        choosing = match is not None and match.url_name == "autocomplete"
        keeps_stock = request.user.has_perm(MANAGE_STOCK)
        return (choosing and keeps_stock) or super().has_view_permission(request, obj)

    def all_is_saved(self, request: HttpRequest, obj: ProductVariant) -> None:
        """Update what depends on the variant and its size."""
        refresh_and_warn(request, obj.product)


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

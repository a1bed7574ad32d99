"""What is edited on a product's page: variants, texts, photos, sizes and safety card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from saleor.product.models import ProductImage, ProductVariant
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from dashboard.admin.base import SaleorStackedInline, SaleorTabularInline
from dashboard.admin.requests import PossiblePages
from plugins.taxes.models import ProductTax
from product_content.models import CustomsFacts, ProductDetail, SafetyCard, SetSize, SingleSize
from product_content.photos import (
    MAX_BYTES,
    ImageRefused,
    PreparedPhoto,
    move_photo,
    prepare_photo,
    store_copies,
)

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


class PhotoInput(UnfoldAdminFileFieldWidget):
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
        widget=UnfoldAdminTextInputWidget,
        help_text="Read out to people who cannot see it.",
    )
    place = forms.IntegerField(
        label="Place",
        min_value=1,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
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
    verbose_name_plural = "Photos"
    fields = ("image", ("alt", "place"))
    ordering = ("sort_order", "pk")
    hide_title = True
    tab = True

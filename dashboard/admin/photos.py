"""The photos on a product's page: uploaded, described, put in order, taken away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from saleor.product.models import ProductImage
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from dashboard.admin.base import SaleorStackedInline
from dashboard.admin.content_parts import PERMISSION
from product_content.services.images import MAX_BYTES, ImageRefused
from product_content.services.photos import (
    PreparedPhoto,
    move_photo,
    prepare_photo,
    store_copies,
)


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
        """Return the picture written anew, and keep its copies for `save`."""
        upload = self.cleaned_data["image"]
        if not isinstance(upload, UploadedFile):
            return upload
        try:
            self.photo = prepare_photo(upload=upload)
        except ImageRefused as refused:
            raise ValidationError(str(refused)) from refused
        return self.photo.original

    def save(self, commit: bool = True) -> ProductImage:
        """Save the row with its files, then put it in its place."""
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

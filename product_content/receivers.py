"""What follows from changes of Saleor's rows."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from product_content.photos import delete_photo_files


@receiver(pre_delete, sender="product.ProductImage")
def delete_files_of_photo(instance: Any, **_details: Any) -> None:
    """Let no file stay behind, however the photo is deleted; Saleor would keep them all."""
    delete_photo_files(image=instance)

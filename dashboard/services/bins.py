"""Where in the warehouse a variant lies."""

from __future__ import annotations

from django.db import transaction
from saleor.product.models import ProductVariant

from dashboard.selectors.packing import BIN


@transaction.atomic
def set_bin(*, sku: str, bin_name: str) -> str:
    """Note the bin of the variant with this SKU and return the variant's name.

    Raises ProductVariant.DoesNotExist. The row is locked: its metadata is one value, and
    somebody else may be writing another key of it.
    """
    variants = ProductVariant.objects.select_for_update(of=("self",)).select_related("product")
    variant = variants.get(sku__iexact=sku.strip())
    variant.store_value_in_private_metadata({BIN: bin_name.strip().upper()})
    variant.save(update_fields=["private_metadata"])
    return f"{variant.product.name} {variant.name}".strip()


UnknownVariant = ProductVariant.DoesNotExist

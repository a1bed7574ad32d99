"""Saleor's rows that have no name of their own, with one that staff can read."""

from __future__ import annotations

from saleor.giftcard.models import GiftCard
from saleor.warehouse.models import Stock


class StockItem(Stock):
    """The stock of one variant in one warehouse, called by its SKU."""

    class Meta:
        proxy = True
        default_permissions = ()  # `dashboard.manage_stock` guards it
        verbose_name = "stock"
        verbose_name_plural = "stock"

    def __str__(self) -> str:
        return str(self.product_variant.sku)


class MaskedGiftCard(GiftCard):
    """A gift card that does not tell its code."""

    class Meta:
        proxy = True
        default_permissions = ()  # Saleor's `giftcard.manage_gift_card` guards it
        verbose_name = "gift card"

    def __str__(self) -> str:
        return str(self.display_code)

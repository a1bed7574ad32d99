"""An order that somebody is packing right now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from saleor.order.models import Order


class PackingJob(models.Model):
    """Who packs the order, since when, and what they have put into the parcel so far.

    The row goes when the parcel leaves or is put aside; the order's time line keeps what happened.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="packing_job")
    packer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    counted = models.JSONField(default=dict)  # order line id, as text → pieces in the parcel
    problem = models.CharField(max_length=200, blank=True)  # a wrong scan, until it is put right

    class Meta:
        default_permissions = ()  # `dashboard.pack_orders` guards it

    def __str__(self) -> str:
        return f"packing of order {self.order_id}"

    @property
    def pieces(self) -> dict[int, int]:
        """The pieces in the parcel, by order line."""
        return {int(line): count for line, count in self.counted.items()}

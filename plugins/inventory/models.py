"""The stock ledger, posted stock documents, alerts about stock, and checks of the ledger."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, TextChoices
from django.db.models.functions import Lower, Upper
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock, Warehouse


class StockReason(TextChoices):
    """The first two are written by the database itself, the others by whoever changes stock."""

    OPENING = "opening", "Opening balance"
    UNKNOWN = "unknown", "Nobody said why"
    ORDER_PLACED = "order_placed", "Order placed"
    ORDER_RELEASED = "order_released", "Order released or cancelled"
    FULFILLED = "fulfilled", "Sent"
    FULFILMENT_CANCELED = "fulfilment_canceled", "Parcel called back"
    REFUNDED = "refunded", "Refunded"
    RETURNED = "returned", "Returned, unopened"
    RECEIVED = "received", "Goods received"
    COUNTED = "counted", "Counted"
    CORRECTION = "correction", "Mistake put right"
    MOVED = "moved", "Moved between warehouses"
    KIT_MADE = "kit_made", "Sets assembled"
    KIT_BROKEN = "kit_broken", "Sets broken up"
    QUARANTINED = "quarantined", "Set aside"
    DAMAGED = "damaged", "Damaged or written off"
    IMPORTED = "imported", "Imported from a file"


# What a person chooses from who types a new quantity; the other reasons have their own page.
MANUAL_REASONS = tuple(
    (reason.value, reason.label)
    for reason in (
        StockReason.COUNTED,
        StockReason.RECEIVED,
        StockReason.RETURNED,
        StockReason.DAMAGED,
        StockReason.CORRECTION,
    )
)
# By these, pieces become an order's and stop being it. Their sum is what was sold.
SALES_REASONS = (StockReason.ORDER_PLACED, StockReason.ORDER_RELEASED, StockReason.REFUNDED)


class Measure(models.TextChoices):
    """Which of Saleor's two figures changed."""

    QUANTITY = "quantity", "On hand"
    ALLOCATED = "allocated", "Reserved"


def _loose_foreign_key(model: Any, related_name: str = "+") -> models.ForeignKey:
    """Return a reference that outlives its row: the ledger must not follow deletions."""
    return models.ForeignKey(
        model,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name=related_name,
    )


class StockEntry(models.Model):
    """One change of one figure of one stock, in pieces.

    Only triggers add rows (migration 0002), so no way of changing stock leads around them, and
    none can be changed or deleted. For `ALLOCATED`, before and after are those of one order line.
    """

    measure = models.CharField(max_length=9, choices=Measure.choices)
    stock = _loose_foreign_key(Stock, "entries")
    variant = _loose_foreign_key(ProductVariant)
    warehouse = _loose_foreign_key(Warehouse)
    before = models.IntegerField()
    after = models.IntegerField()
    reason = models.CharField(max_length=20, choices=StockReason.choices)
    note = models.CharField(max_length=200, blank=True)
    actor = _loose_foreign_key(settings.AUTH_USER_MODEL)
    order = _loose_foreign_key(Order)
    order_line = _loose_foreign_key(OrderLine)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # Saleor's `product.manage_products` guards it
        verbose_name_plural = "stock entries"
        indexes = (
            models.Index(fields=("stock", "measure", "at"), name="entries_of_stock"),
            models.Index(fields=("order",), condition=Q(order__isnull=False), name="order_entries"),
            models.Index(fields=("at",), condition=Q(reason="unknown"), name="unknown_entries"),
            # for `icontains`; what orders do has no note
            GinIndex(
                OpClass(Upper("note"), "gin_trgm_ops"), condition=~Q(note=""), name="noted_entries"
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="stock_entry_reason_is_known", condition=Q(reason__in=StockReason.values)
            ),
            # A person's change without a reason fails here, and with it the change itself.
            models.CheckConstraint(
                name="stock_entry_of_a_person_has_a_reason",
                condition=Q(actor__isnull=True) | ~Q(reason=StockReason.UNKNOWN),
            ),
            models.CheckConstraint(name="stock_entry_changes", condition=~Q(before=F("after"))),
        )

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.before} → {self.after}"


class StockDocument(models.Model):
    """A receipt, count, move or kit that was posted. `key` comes from the form that showed it."""

    key = models.UUIDField(unique=True)
    reason = models.CharField(max_length=20, choices=StockReason.choices)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.pk}"


class ReorderPoint(models.Model):
    """So many pieces left, or fewer, are low. `alerted_at` is set while staff know of it."""

    stock = models.OneToOneField(Stock, on_delete=models.CASCADE, related_name="reorder_point")
    pieces = models.PositiveIntegerField()
    alerted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pieces} of stock {self.stock_id}"


class BackInStockAlert(models.Model):
    """Somebody asked to be told, once, when a variant can be bought again.

    Deleted, with the address, in the transaction that queues their e-mail.
    """

    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    language = models.CharField(max_length=35)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("variant", Lower("email"), name="one_alert_per_address"),
        )

    def __str__(self) -> str:
        return f"alert {self.pk}"


class LedgerCheck(models.Model):
    """One comparison: how many `differences` there were, and the first of them as sentences.

    They carry ids only. `unexplained` counts the changes of stock that nobody gave a reason for.
    """

    at = models.DateTimeField(auto_now_add=True)
    differences = models.PositiveIntegerField()
    first_differences = models.JSONField(default=list)
    unexplained = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"check {self.pk}"


class Supplier(models.Model):
    """Whom goods are bought from. `reference` is the number under which they know the shop."""

    name = models.CharField(max_length=120, unique=True)
    email = models.EmailField(blank=True, default="")
    address = models.TextField(max_length=400, blank=True, default="")
    reference = models.CharField("our number there", max_length=60, blank=True, default="")
    is_active = models.BooleanField("goods are ordered from it", default=True)

    class Meta:
        ordering = ("name",)
        default_permissions = ()  # `dashboard.manage_stock` guards it

    def __str__(self) -> str:
        return self.name


class SupplierItem(models.Model):
    """What a supplier calls a variant, and what one piece of it costs the shop, without VAT."""

    supplier = models.ForeignKey(Supplier, related_name="items", on_delete=models.CASCADE)
    variant = models.ForeignKey(
        ProductVariant, related_name="supplier_items", on_delete=models.CASCADE
    )
    code = models.CharField("their number", max_length=60, blank=True, default="")
    cost_value = models.DecimalField("cost price", max_digits=13, decimal_places=3)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("variant__sku",)
        default_permissions = ()
        verbose_name = "cost price"
        constraints = (
            models.UniqueConstraint(
                fields=("supplier", "variant"), name="one_cost_price_per_supplier"
            ),
            models.CheckConstraint(condition=Q(cost_value__gte=0), name="cost_price_not_negative"),
        )

    def __str__(self) -> str:
        return f"variant {self.variant_id} of supplier {self.supplier_id}"


class PurchaseState(models.TextChoices):
    """Life of a purchase order; lines are changed while it is a draft only."""

    DRAFT = "draft", "Draft"
    ORDERED = "ordered", "Ordered"
    PART_RECEIVED = "part", "Part received"
    CLOSED = "closed", "Closed"


class PurchaseOrder(models.Model):
    """Goods that are ordered from a supplier for a warehouse."""

    supplier = models.ForeignKey(Supplier, related_name="orders", on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, related_name="+", on_delete=models.PROTECT)
    state = models.CharField(
        max_length=7, choices=PurchaseState.choices, default=PurchaseState.DRAFT
    )
    expected_on = models.DateField("expected", null=True, blank=True)
    note = models.CharField("note to the supplier", max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # `dashboard.manage_stock` guards it

    def __str__(self) -> str:
        return f"PO-{self.pk:05d}"

    @property
    def is_open(self) -> bool:
        """Say whether goods may still come in."""
        return self.state in OPEN_PURCHASES


OPEN_PURCHASES = (PurchaseState.ORDERED, PurchaseState.PART_RECEIVED)


class PurchaseLine(models.Model):
    """Pieces of one variant in a purchase order; `cost_value` is of one piece, without VAT."""

    order = models.ForeignKey(PurchaseOrder, related_name="lines", on_delete=models.CASCADE)
    variant = models.ForeignKey(ProductVariant, related_name="+", on_delete=models.PROTECT)
    pieces = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    cost_value = models.DecimalField("cost price", max_digits=13, decimal_places=3, default=0)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("order", "variant"), name="one_purchase_line_per_variant"
            ),
            models.CheckConstraint(
                condition=Q(pieces__gt=0, cost_value__gte=0), name="purchase_line_of_pieces"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pieces} of variant {self.variant_id}"

    @property
    def missing(self) -> int:
        """Pieces that have not come yet."""
        return max(self.pieces - self.received, 0)

    @property
    def total(self) -> Any:
        """What all pieces cost."""
        return self.cost_value * self.pieces

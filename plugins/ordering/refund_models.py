"""Refunds as documents: lines, parts by payment and gift card, and the numbers of credit notes."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django_prices.models import MoneyField
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order, OrderLine
from saleor.payment.models import Payment


class RefundStatus(models.TextChoices):
    """Life of a refund and of each of its parts; only a whole refund can have failed in part."""

    ASKED = "asked", "Asked, not confirmed yet"
    PENDING = "pending", "On its way"
    SUCCEEDED = "succeeded", "Refunded"
    PARTLY = "partly", "Partly failed"
    FAILED = "failed", "Failed"


BOOKED = (RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.PARTLY)


class Refund(models.Model):
    """A document of money that goes back: for which pieces, to where, and for what reason.

    `key` is chosen by whoever asks and makes asking twice harmless. `amount` is the sum of the
    lines, of `delivery` and of `free`, which is for nothing in particular; its parts say where it
    goes. `restock` says that staff have decided that the pieces can be sold again. `in_exchange`:
    another order sends other pieces, paid by what these cost and did not give back. `number` is
    the credit note's, given when the refund is booked: in sequence, without gaps.
    """

    order = models.ForeignKey(Order, related_name="refunds", on_delete=models.PROTECT)
    key = models.CharField(max_length=120, unique=True)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    delivery_value = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    free_value = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    amount = MoneyField(amount_field="amount_value", currency_field="currency")
    delivery = MoneyField(amount_field="delivery_value", currency_field="currency")
    free = MoneyField(amount_field="free_value", currency_field="currency")
    reason = models.CharField(max_length=255)
    restock = models.BooleanField(default=False)
    in_exchange = models.BooleanField(default=False, db_default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    state = models.CharField(max_length=9, choices=RefundStatus.choices, default=RefundStatus.ASKED)
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_value__gte=0, delivery_value__gte=0, free_value__gte=0),
                name="refund_not_below_zero",
            ),
        )
        indexes = (
            models.Index(
                fields=("created_at",), condition=Q(state=RefundStatus.ASKED), name="asked_refund"
            ),
            models.Index(
                fields=("booked_at",), condition=Q(booked_at__isnull=False), name="refund_booked_at"
            ),
        )

    def __str__(self) -> str:
        return f"refund {self.pk} of order {self.order_id}"

    @property
    def sent_back(self) -> Money:
        """What the parts that did not fail give back together."""
        parts = self.parts.exclude(state=RefundStatus.FAILED)
        total = parts.aggregate(sum=Sum("amount_value"))["sum"]
        return Money(total or Decimal("0.00"), self.currency)

    @property
    def credit_note(self) -> str:
        """The credit note's number as people write it, or "" before there is one."""
        return f"CN-{self.number:05d}" if self.number else ""


class PieceState(models.TextChoices):
    """Where the pieces of a refund were when it was asked for."""

    UNSENT = "unsent", "Not sent"
    SENT = "sent", "Sent, and the customer has them"
    RETURNED = "returned", "Came back"


class RefundLine(models.Model):
    """Pieces of one order line that a refund is for.

    `price_value` is what was paid for them, `amount_value` what goes back: less, where staff gave
    less, or where some of it had gone back for nothing in particular.
    """

    refund = models.ForeignKey(Refund, related_name="lines", on_delete=models.PROTECT)
    line = models.ForeignKey(OrderLine, related_name="refund_lines", on_delete=models.PROTECT)
    pieces = models.PositiveIntegerField()
    which = models.CharField(max_length=8, choices=PieceState.choices)
    price_value = models.DecimalField(max_digits=12, decimal_places=2)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(pieces__gt=0, amount_value__gte=0, amount_value__lte=F("price_value")),
                name="refund_line_of_pieces",
            ),
            models.UniqueConstraint(
                fields=("refund", "line", "which"), name="refund_line_names_pieces_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pieces} of line {self.line_id} in refund {self.refund_id}"


class RefundPart(models.Model):
    """What a refund gives back to one payment or gift card; `key` is the provider's as well."""

    refund = models.ForeignKey(Refund, related_name="parts", on_delete=models.PROTECT)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, related_name="refund_parts", on_delete=models.PROTECT
    )
    gift_card = models.ForeignKey(
        GiftCard, null=True, blank=True, related_name="refund_parts", on_delete=models.PROTECT
    )
    key = models.CharField(max_length=140, unique=True)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    amount = MoneyField(amount_field="amount_value", currency_field="currency")
    state = models.CharField(max_length=9, choices=RefundStatus.choices, default=RefundStatus.ASKED)
    reference = models.CharField(max_length=255, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(amount_value__gt=0), name="refund_part_above_zero"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, gift_card__isnull=True)
                | Q(payment__isnull=True, gift_card__isnull=False),
                name="refund_part_has_one_source",
            ),
            models.CheckConstraint(
                condition=~Q(state=RefundStatus.PARTLY), name="refund_part_is_whole"
            ),
        )
        indexes = (
            models.Index(
                fields=("reference",), condition=~Q(reference=""), name="refund_part_reference"
            ),
        )

    def __str__(self) -> str:
        return f"part {self.pk} of refund {self.refund_id}"


class CreditNoteCounter(models.Model):
    """The last number that a credit note was given; one row, locked while one is given."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"credit notes up to {self.last}"

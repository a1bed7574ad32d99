"""Money that goes back, and gift cards: refunds as documents, and cards that were sold.

A refund has lines, parts by payment and gift card, and the number of its credit note. A sold card
has its sale, what a refund took off it, and every move of money.
"""

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


MAX_MESSAGE, MAX_NAME = 300, 60  # characters


class CardKind(models.TextChoices):
    """How a gift card that was bought reaches whom it is for."""

    EMAIL = "email", "By e-mail"
    PRINT = "print", "Printed by the buyer"


class GiftCardSale(models.Model):
    """The sale of one gift card: an order with one line, no delivery and nothing but this.

    `key` is that of the form by which it was bought: one form makes one sale. `card` is there from
    the payment on. `recipient`, `from_name` and `message` are the buyer's, emptied some time after
    the card went out; `not_before` is the first day on which the e-mail may go, `sent_at` when it
    was first handed to the outbox.
    """

    order = models.OneToOneField(Order, related_name="gift_card_sale", on_delete=models.PROTECT)
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=5, choices=CardKind.choices)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    amount = MoneyField(amount_field="amount_value", currency_field="currency")
    recipient = models.EmailField(blank=True, default="")
    from_name = models.CharField(max_length=MAX_NAME, blank=True, default="")
    message = models.CharField(max_length=MAX_MESSAGE, blank=True, default="")
    language = models.CharField(max_length=35)
    not_before = models.DateField(null=True, blank=True)
    card = models.OneToOneField(
        GiftCard, null=True, blank=True, related_name="sale", on_delete=models.PROTECT
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    stopped_by_dispute = models.BooleanField(default=False)  # and not by staff

    class Meta:
        ordering = ("pk",)
        default_permissions = ()  # Saleor's `giftcard.manage_gift_card` guards it
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_value__gt=0), name="gift_card_sale_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(card__isnull=True, issued_at__isnull=True)
                | Q(card__isnull=False, issued_at__isnull=False),
                name="gift_card_sale_is_issued_with_a_card",
            ),
        )
        indexes = (
            models.Index(
                fields=("issued_at",),
                condition=Q(kind="email", sent_at=None, issued_at__isnull=False),
                name="gift_card_to_send",
            ),
        )

    def __str__(self) -> str:
        return f"gift card of order {self.order_id}"


class CardRefund(models.Model):
    """What a refund of a sold gift card took off that card.

    `stopped` says that it left nothing, so that the card was made inactive; `given_back` that the
    refund failed afterwards and the card has it again.
    """

    refund = models.OneToOneField(Refund, related_name="off_card", on_delete=models.PROTECT)
    card = models.ForeignKey(GiftCard, related_name="off_by_refunds", on_delete=models.PROTECT)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    stopped = models.BooleanField(default=False)
    given_back = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(amount_value__gt=0), name="card_refund_above_zero"),
        )

    def __str__(self) -> str:
        return f"{self.amount_value} off gift card {self.card_id}"


class MoveKind(models.TextChoices):
    """Why a gift card's balance changed."""

    ISSUED = "issued", "Issued"
    REDEEMED = "redeemed", "Paid with it, or given back by an order"
    REFUNDED = "refunded", "The card itself was refunded"


class GiftCardMove(models.Model):
    """One change of a gift card's balance, below zero when it becomes less; never changed.

    Only a trigger on Saleor's gift cards writes it, whoever changes them. The sum of a card's moves
    is its balance.
    """

    card = models.ForeignKey(GiftCard, related_name="moves", on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    change_value = models.DecimalField(max_digits=12, decimal_places=2)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.change_value} on gift card {self.card_id}"

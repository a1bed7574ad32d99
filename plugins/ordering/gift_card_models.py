"""Gift cards that were sold: the sale, what a refund took off the card, and every move of money."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_prices.models import MoneyField
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.refund_models import Refund

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

"""Payment sessions, disputes, flags, pieces of an order; `money_models` has refunds and cards."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_prices.models import MoneyField
from saleor.order.models import Order, OrderLine
from saleor.payment.models import Payment

from plugins.ordering.money_models import (
    BOOKED,
    CardKind,
    CardRefund,
    CreditNoteCounter,
    GiftCardMove,
    GiftCardSale,
    PieceState,
    Refund,
    RefundLine,
    RefundPart,
    RefundStatus,
)

__all__ = [
    "ACTIVE", "BOOKED", "PAYABLE", "CardKind", "CardRefund", "CreditNoteCounter", "Dispute",
    "DisputeState", "GiftCardMove", "GiftCardSale", "LineDiscount", "LinePieces", "OrderFlag",
    "OrderLimits", "OrderOrigin", "PaymentSession", "PieceState", "PieceStep", "Refund",
    "RefundLine", "RefundPart", "RefundStatus", "SessionStatus", "StepKind", "SubmittedForm",
]  # fmt: skip


class SessionStatus(models.TextChoices):
    """Life of a session. The first three are `ACTIVE`: the order may still be paid by it."""

    NEW = "new", "Not opened yet"
    OPEN = "open", "Open at the provider"
    PROCESSING = "processing", "On its way from the bank"
    PAID = "paid", "Paid"
    EXPIRED = "expired", "Expired"
    CANCELED = "canceled", "Cancelled"


# A customer can pay in it. It ends by itself; one that is processing ends when the bank says so.
PAYABLE = (SessionStatus.NEW, SessionStatus.OPEN)
ACTIVE = (*PAYABLE, SessionStatus.PROCESSING)


class PaymentSession(models.Model):
    """One try to get `order` paid, for exactly `amount`.

    It is created with the order, in the same transaction, so that a live unpaid order
    always has one active session and the sweeper finds every abandoned order by
    `expires_at`. `reference` and `url` come from the provider when it is opened; `told` is what
    it was told then, by name, for the customer to read; emptied with the order's person.
    """

    order = models.ForeignKey(Order, related_name="payment_sessions", on_delete=models.PROTECT)
    provider = models.CharField(max_length=40, blank=True, default="")
    reference = models.CharField(max_length=255, blank=True, default="")
    url = models.URLField(max_length=2048, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=SessionStatus.choices, default=SessionStatus.NEW
    )
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    amount = MoneyField(amount_field="amount_value", currency_field="currency")
    told = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "reference"),
                condition=~Q(reference=""),
                name="payment_session_reference",
            ),
            models.UniqueConstraint(
                fields=("order",),
                condition=Q(state__in=ACTIVE),
                name="one_active_session_per_order",
            ),
        )
        indexes = (
            models.Index(
                fields=("expires_at",),
                condition=Q(state__in=PAYABLE),
                name="active_session_expiry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} session {self.pk} of order {self.order_id}"

    @property
    def idempotency_key(self) -> str:
        """Key under which the provider gives the same session again after a retry."""
        return f"stillwater-session-{self.pk}"


class LineDiscount(models.Model):
    """What a promo code took off one order line, as it was when the order was placed.

    `on_one_piece`: it is off a single piece, as with a code that applies once per order; else
    each piece carries the same share.
    """

    line = models.OneToOneField(OrderLine, related_name="discount", on_delete=models.CASCADE)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    on_one_piece = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_value__gte=0), name="line_discount_not_below_zero"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_value} off line {self.line_id}"


class DisputeState(models.TextChoices):
    """How far a bank has got with a dispute."""

    OPEN = "open", "The bank is looking into it"
    WON = "won", "Won: the money is ours"
    LOST = "lost", "Lost: the bank took the money back"


class Dispute(models.Model):
    """Money of a payment that the customer's bank holds back, or took back in the end."""

    payment = models.ForeignKey(Payment, related_name="disputes", on_delete=models.PROTECT)
    reference = models.CharField(max_length=255, unique=True)
    amount_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=4, choices=DisputeState.choices, default=DisputeState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"dispute {self.reference}"


class StepKind(models.TextChoices):
    """What can happen to pieces of an order line, in the order of their life."""

    RESERVED = "reserved", "Reserved"
    PACKED = "packed", "Packed"
    UNPACKED = "unpacked", "Taken out of the parcel"
    SENT = "sent", "Sent"
    CALLED_BACK = "called_back", "Parcel called back"
    CANCELLED = "cancelled", "Cancelled"
    RETURNED = "returned", "Returned"
    RESTOCKED = "restocked", "Back into stock"
    WRITTEN_OFF = "written_off", "Written off"


class PieceStep(models.Model):
    """One thing that happened to `pieces` of an order line; none is ever changed or deleted.

    A trigger on Saleor's order lines writes what is reserved, sent and called back, whoever
    changes them; `plugins.ordering.pieces` writes the rest. `sealed` is about a return only:
    whether the hygiene seal was whole. `reference` names what it belongs to, as "refund 12".
    """

    line = models.ForeignKey(OrderLine, related_name="piece_steps", on_delete=models.PROTECT)
    kind = models.CharField(max_length=11, choices=StepKind.choices)
    sealed = models.BooleanField(null=True, blank=True)
    pieces = models.PositiveIntegerField()
    # A reference that outlives its row: steps do not follow the deletion of a person.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )
    reference = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(pieces__gt=0), name="piece_step_above_zero"),
            models.CheckConstraint(
                condition=Q(kind__in=StepKind.values), name="piece_step_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.RETURNED, sealed__isnull=False)
                | (~Q(kind=StepKind.RETURNED) & Q(sealed__isnull=True)),
                name="piece_step_seal_of_a_return",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pieces} of line {self.line_id}: {self.get_kind_display()}"


class LinePieces(models.Model):
    """How many pieces of an order line are where, in whole pieces: the sums of its steps.

    Only the trigger on `PieceStep` writes it. `reserved` are still to be sent, `packed` of them
    lie in a parcel. What was returned or cancelled is `restocked` or `written_off` once, and
    nothing that was opened is sold again.
    """

    line = models.OneToOneField(OrderLine, related_name="pieces", on_delete=models.PROTECT)
    ordered = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    packed = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    returned_sealed = models.PositiveIntegerField(default=0)
    returned_opened = models.PositiveIntegerField(default=0)
    restocked = models.PositiveIntegerField(default=0)
    written_off = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("line",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(ordered=F("reserved") + F("sent") + F("cancelled")),
                name="pieces_ordered_are_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(packed__lte=F("reserved")), name="pieces_packed_are_reserved"
            ),
            models.CheckConstraint(
                condition=Q(sent__gte=F("returned_sealed") + F("returned_opened")),
                name="pieces_returned_were_sent",
            ),
            models.CheckConstraint(
                condition=Q(
                    restocked__lte=F("returned_sealed")
                    + F("returned_opened")
                    + F("cancelled")
                    - F("written_off")
                ),
                name="pieces_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(restocked__lte=F("returned_sealed") + F("cancelled")),
                name="pieces_opened_are_not_restocked",
            ),
        )

    def __str__(self) -> str:
        return f"pieces of line {self.line_id}"

    @property
    def returned(self) -> int:
        """All that came back, sealed or opened."""
        return self.returned_sealed + self.returned_opened

    @property
    def out(self) -> int:
        """What is with the customer: sent and not back."""
        return self.sent - self.returned

    @property
    def unsettled(self) -> int:
        """What came back or was cancelled, and is neither in stock again nor written off."""
        return self.returned + self.cancelled - self.restocked - self.written_off


class SubmittedForm(models.Model):
    """A form that was sent: its one-time token, so that a double click does nothing twice.

    `key` begins with whose token it is, a basket's or a staff member's; it is deleted after a day.
    """

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"form sent at {self.at:%Y-%m-%d %H:%M}"


class OrderFlag(models.Model):
    """A reason for staff to look at an order, until somebody, or what happened since, settles it.

    `reason` is a code such as "paid_twice"; `message` says it in words, for staff.
    """

    order = models.ForeignKey(Order, related_name="flags", on_delete=models.PROTECT)
    reason = models.CharField(max_length=40)
    message = models.TextField(blank=True, default="")
    raised_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("order",), condition=Q(settled_at=None), name="open_flags"),
        )

    def __str__(self) -> str:
        return f"{self.reason} of order {self.order_id}"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return self.reason.replace("_", " ").capitalize()


class OrderLimits(models.Model):
    """How much one order may hold, as managers of the shop set it; there is one row at most."""

    max_pieces = models.PositiveSmallIntegerField(
        "pieces in one order",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text="Whoever wants more is asked to write to the shop. 1 to 500.",
    )
    large_from = models.PositiveSmallIntegerField(
        "a large order has",
        default=8,
        validators=[MinValueValidator(2), MaxValueValidator(500)],
        help_text="Pieces, from which an unpaid order is shown to you and held for less. 2 to 500.",
    )
    large_minutes = models.PositiveSmallIntegerField(
        "minutes for a large order",
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(30)],
        help_text="How long it is held while its customer pays. 5 to 30.",
    )

    class Meta:
        default_permissions = ()  # Saleor's `site.manage_settings` guards it
        verbose_name = "limits of orders"
        verbose_name_plural = "limits of orders"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="one_row_of_order_limits"),)

    def __str__(self) -> str:
        return "Limits of orders"


class OrderOrigin(models.Model):
    """Who placed an order, as keyed hashes ("" if unknown), so that nobody holds too much.

    `ended_at` is when an order that was not paid was released. Deleted after a day.
    """

    order = models.OneToOneField(Order, related_name="origin", on_delete=models.CASCADE)
    address = models.CharField(max_length=64, blank=True, default="")
    browser = models.CharField(max_length=64, blank=True, default="")
    email = models.CharField(max_length=64, blank=True, default="")
    pieces = models.PositiveIntegerField()
    placed_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = tuple(
            models.Index(fields=(who, "placed_at"), name=f"origin_{who}")
            for who in ("address", "browser", "email")
        )

    def __str__(self) -> str:
        return f"origin of order {self.order_id}"

"""Packing jobs, shipments, returns: each with a number, a state, a history; who asks to review."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from saleor.order.models import Fulfillment, Order, OrderLine
from saleor.product.models import ProductVariant


class Step(models.Model):
    """One row of a history: which state something came to, when, and by whom.

    No actor: the customer, the carrier or the shop itself. The row outlives the actor's account.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ("pk",)
        default_permissions = ()


class JobState(models.TextChoices):
    """Where the packing of an order stands."""

    PACKING = "packing", "Being packed"
    SET_ASIDE = "set_aside", "Put aside"
    SENT = "sent", "Sent"


OPEN_JOBS = (JobState.PACKING, JobState.SET_ASIDE)


class PackingJob(models.Model):
    """The packing of one parcel of an order: who does it, since when, and how it went.

    What lies in the parcel, the order's pieces say. `problem` is a wrong scan, until it is put
    right. There is one open job per order; the next parcel is another one.
    """

    order = models.ForeignKey(Order, related_name="packing_jobs", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=JobState.choices, default=JobState.PACKING)
    packer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()  # `dashboard.pack_orders` guards it
        constraints = (
            models.UniqueConstraint(fields=("order", "number"), name="packing_job_number"),
            models.UniqueConstraint(
                fields=("order",), condition=Q(state__in=OPEN_JOBS), name="one_open_packing_job"
            ),
        )

    def __str__(self) -> str:
        return f"packing {self.order_id}-{self.number}"


class PackingJobStep(Step):
    """A state that a packing job came to, and whose job it was then."""

    job = models.ForeignKey(PackingJob, related_name="steps", on_delete=models.PROTECT)
    state = models.CharField(max_length=9, choices=JobState.choices)

    def __str__(self) -> str:
        return f"{self.job_id}: {self.state}"


class PrintedLabel(models.Model):
    """A label with the order's address on paper, until it is destroyed for another address.

    `printed` is what stands on it, as the Contract had it then; emptied with the order's person.
    """

    order = models.ForeignKey(Order, related_name="printed_labels", on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    printed = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"label of order {self.order_id}"


class ShipmentState(models.TextChoices):
    """How far a parcel has got, as the carrier tells; also the kinds of the customer's e-mails."""

    SENT = "sent", "Sent"
    READY = "ready_to_collect", "Ready to collect"
    DELIVERED = "delivered", "Delivered"


class Shipment(models.Model):
    """A parcel that left us: Saleor's fulfilment with a state and a history of its own.

    Lines and tracking number are those of `parcel`; `number` counts the order's parcels.
    """

    order = models.ForeignKey(Order, related_name="shipments", on_delete=models.PROTECT)
    parcel = models.OneToOneField(Fulfillment, related_name="shipment", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=16, choices=ShipmentState.choices, default=ShipmentState.SENT
    )

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("order", "number"), name="shipment_number"),
            models.CheckConstraint(
                condition=Q(state__in=ShipmentState.values), name="shipment_state_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"parcel {self.order_id}-{self.number}"


class ShipmentStep(Step):
    """A state that a parcel came to."""

    shipment = models.ForeignKey(Shipment, related_name="steps", on_delete=models.PROTECT)
    state = models.CharField(max_length=16, choices=ShipmentState.choices)

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.state}"


class LabelState(models.TextChoices):
    """How far the buying of a carrier's label has got."""

    BUYING = "buying", "Being bought"
    BOUGHT = "bought", "Bought"
    REFUSED = "refused", "Refused by the carrier"
    VOID = "void", "Not to be used"


OPEN_LABELS = (LabelState.BUYING, LabelState.BOUGHT)


class CarrierLabel(models.Model):
    """A label that was bought of a carrier, or is being bought, for one parcel of an order.

    `reference` is what the carrier knows the purchase by: asked for twice, it is bought once.
    `told` is the Contract's label that it was bought for; `picture` is the carrier's, as PNG. Both
    are emptied with the order's person. `asked_at` is when somebody asked the carrier and has not
    had an answer yet, `seen_at` when the carrier was last asked where the parcel is.
    """

    order = models.ForeignKey(Order, related_name="carrier_labels", on_delete=models.PROTECT)
    shipment = models.OneToOneField(
        Shipment, null=True, blank=True, related_name="carrier_label", on_delete=models.PROTECT
    )
    carrier = models.CharField(max_length=20)
    reference = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=8, choices=LabelState.choices, default=LabelState.BUYING)
    told = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    bought_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    parcel_id = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    picture = models.BinaryField(default=bytes, blank=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("order",),
                condition=Q(state__in=OPEN_LABELS, shipment=None),
                name="one_open_carrier_label",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LabelState.values), name="label_state_is_known"
            ),
        )
        indexes = (
            models.Index(fields=("seen_at",), condition=Q(state="bought"), name="labels_to_follow"),
        )

    def __str__(self) -> str:
        return f"carrier's label of order {self.order_id}"


class ReturnState(models.TextChoices):
    """How far a return has got."""

    ANNOUNCED = "announced", "Announced by the customer"
    EXPECTED = "expected", "Expected"
    ARRIVED = "arrived", "Came in, to look at"
    INSPECTED = "inspected", "Looked at"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


COMING_BACK = (ReturnState.ANNOUNCED, ReturnState.EXPECTED)
OPEN_RETURNS = (*COMING_BACK, ReturnState.ARRIVED)
LOOKED_AT = (ReturnState.INSPECTED, ReturnState.CLOSED)


class ReturnReason(models.TextChoices):
    """Why something comes back; nobody has to say."""

    NONE = "", "Not told"
    CHANGED_MIND = "changed_mind", "Not wanted any more"
    OTHER_SIZE = "other_size", "Another size is wanted"
    DAMAGED = "damaged", "Damaged or faulty"
    WRONG = "wrong", "Not what was ordered"


MAX_RETURN_MESSAGE = 500  # letters


class Return(models.Model):
    """Pieces on their way back, from the word of it until they were looked at.

    `sealed` is what the customer says of the hygiene seals, None where nobody asked; `message` is
    the customer's own and is erased with the order's person. There is one open return per order.
    `replacement` is the order that sends other sizes for what came back, once that was agreed.
    """

    order = models.ForeignKey(Order, related_name="returns", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=ReturnState.choices)
    reason = models.CharField(max_length=12, choices=ReturnReason.choices, blank=True, default="")
    sealed = models.BooleanField(null=True, blank=True)
    message = models.CharField(max_length=MAX_RETURN_MESSAGE, blank=True, default="")
    replacement = models.OneToOneField(
        Order, null=True, blank=True, related_name="replaces", on_delete=models.PROTECT
    )

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("order", "number"), name="return_number"),
            models.UniqueConstraint(
                fields=("order",), condition=Q(state__in=OPEN_RETURNS), name="one_open_return"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReturnState.values), name="return_state_is_known"
            ),
        )
        indexes = (models.Index(fields=("state", "order"), name="returns_by_state"),)

    def __str__(self) -> str:
        return f"return {self.order_id}-{self.number}"


class ReturnLine(models.Model):
    """Pieces of an order line in a return: so many were `announced`, so many `inspected`.

    What became of them, the steps of the pieces say that name the return. The customer may have
    asked for `wanted` in exchange, and was shown `shown_price` for one piece of it, in the order's
    currency; so many were `exchanged` by the replacement.
    """

    belongs_to = models.ForeignKey(Return, related_name="lines", on_delete=models.PROTECT)
    line = models.ForeignKey(OrderLine, related_name="return_lines", on_delete=models.PROTECT)
    announced = models.PositiveIntegerField(default=0)
    inspected = models.PositiveIntegerField(default=0)
    wanted = models.ForeignKey(
        ProductVariant, null=True, blank=True, related_name="+", on_delete=models.SET_NULL
    )
    shown_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    exchanged = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("belongs_to", "line"), name="return_line_once"),
            models.CheckConstraint(
                condition=Q(exchanged__lte=F("inspected")), name="exchanged_pieces_came_back"
            ),
        )

    def __str__(self) -> str:
        return f"{self.belongs_to_id}: line {self.line_id}"


class ReturnStep(Step):
    """A state that a return came to."""

    belongs_to = models.ForeignKey(Return, related_name="steps", on_delete=models.PROTECT)
    state = models.CharField(max_length=9, choices=ReturnState.choices)

    def __str__(self) -> str:
        return f"{self.belongs_to_id}: {self.state}"


class SentAgainReason(models.TextChoices):
    """Why pieces are sent once more, without charge."""

    LOST = "lost", "Lost on the way"
    DAMAGED = "damaged", "Arrived damaged"
    MISSING = "missing", "Missing in the parcel"
    WRONG = "wrong", "Something else was in the parcel"


class SentAgain(models.Model):
    """Pieces of an order line that another order sends once more, without charge.

    The first ones stay sent, and do not come back into stock; `replacement` takes others out of it.
    One that was cancelled counts no more.
    """

    line = models.ForeignKey(OrderLine, related_name="sent_again", on_delete=models.PROTECT)
    replacement = models.ForeignKey(Order, related_name="sends_again", on_delete=models.PROTECT)
    pieces = models.PositiveIntegerField()
    reason = models.CharField(max_length=8, choices=SentAgainReason.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("line", "replacement"), name="sent_again_once"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="sent_again_above_zero"),
        )

    def __str__(self) -> str:
        return f"{self.pieces} of line {self.line_id} in order {self.replacement_id}"


class NextOrderNote(models.Model):
    """What staff are to know when the person with this e-mail address orders again.

    No customer reads it. It is deleted once it is done, with its retention, or with its person.
    """

    email = models.EmailField(db_index=True)
    text = models.CharField(max_length=300)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.SET_NULL
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"note {self.pk}"


class ReviewInvitation(models.Model):
    """An order's customer wishes to be asked, once, how it was; without the wish there is no row.

    `sent_at` is when the e-mail was written; it is never written a second time.
    """

    order = models.OneToOneField(Order, related_name="review_invitation", on_delete=models.CASCADE)
    wanted_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("order",), condition=Q(sent_at=None), name="reviews_to_ask_for"),
        )

    def __str__(self) -> str:
        return f"invitation for order {self.order_id}"

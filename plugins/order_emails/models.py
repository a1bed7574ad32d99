"""The outbox: one row per e-mail that an event asks for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from saleor.order.models import Order

RESENT = "+"  # separates a dedup key from the number of its repetition


class EmailState(models.TextChoices):
    """Life of an e-mail. The first three are `UNSENT`: it may still go out."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    FAILED = "failed", "Failed, will be tried again"
    SENT = "sent", "Sent"
    SKIPPED = "skipped", "No longer needed"
    DEAD = "dead", "Given up"


UNSENT = (EmailState.WAITING, EmailState.SENDING, EmailState.FAILED)


class OutgoingEmail(models.Model):
    """One e-mail of one `kind` about one `dedup_key`, sent once.

    `about` names what it is about for good ("order-12", "user-7", "stock-3"), also when that is
    deleted. The recipient is read from the order or the user when the e-mail is sent, so no
    address is kept twice. `to_address` (an address that is not the user's), `path` and
    `unsubscribe_path` (links that open something) stay only until it was sent or given up.

    `outside` is what others could see of an e-mail to an order's customer when it went out (from,
    to, subject, preheader), for the customer to compare; `said` is its text as it was sent, with
    the shop's links masked, for staff who are asked. Both are emptied with the order's person.

    `next_try_at` is when the sweeper may take it: shortly after it was written, the end
    of the lease while a worker sends it, or the end of the pause after a failure.
    """

    about = models.CharField(max_length=80)
    order = models.ForeignKey(
        Order, null=True, blank=True, related_name="emails", on_delete=models.SET_NULL
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.SET_NULL
    )
    kind = models.CharField(max_length=40)
    dedup_key = models.CharField(max_length=80)
    language = models.CharField(max_length=35, blank=True, default="")
    to_address = models.EmailField(blank=True, default="")
    path = models.CharField(max_length=500, blank=True, default="")
    unsubscribe_path = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=8, choices=EmailState.choices, default=EmailState.WAITING)
    message_id = models.CharField(max_length=255, unique=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    outside = models.JSONField(default=dict, blank=True)
    said = models.TextField(blank=True, default="", db_default="")
    last_error = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = "e-mail"
        constraints = (
            models.UniqueConstraint(
                fields=("about", "kind", "dedup_key"), name="one_email_per_dedup_key"
            ),
        )
        indexes = (
            models.Index(
                fields=("next_try_at",), condition=Q(state__in=UNSENT), name="unsent_email_due"
            ),
            # nearly all were sent: staff look for the few that were not
            models.Index(fields=("state",), condition=~Q(state="sent"), name="emails_not_sent"),
        )

    def __str__(self) -> str:
        return f"{self.kind} about {self.about}"

    @property
    def event(self) -> str:
        """The dedup key without the number that a resend adds."""
        return self.dedup_key.partition(RESENT)[0]


class EmailText(models.Model):
    """One version of the shop's own words for a kind of e-mail in one language.

    Rows are added, never changed: the newest version counts, and the others are its history.
    `is_default` says that from this version on the words are those of the code again. `problem`
    is why a version could not be filled in when an e-mail needed it; the default was sent then.
    """

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=35)
    version = models.PositiveIntegerField()
    is_default = models.BooleanField(default=False)
    subject = models.CharField(max_length=70, blank=True, default="")
    preheader = models.CharField(max_length=120, blank=True, default="")
    heading = models.CharField(max_length=120, blank=True, default="")
    opening = models.TextField(blank=True, default="")
    button = models.CharField(max_length=60, blank=True, default="")
    closing = models.TextField(blank=True, default="")
    problem = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("kind", "language", "-version")
        verbose_name = "e-mail text"
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "language", "version"), name="one_email_text_per_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}, {self.language}, version {self.version}"

    def words(self, fields: tuple[str, ...]) -> dict[str, Any]:
        """Return the named texts of this version."""
        return {name: getattr(self, name) for name in fields}

    def note_problem(self, problem: str) -> None:
        """Remember for staff that this version could not be filled in."""
        self.problem = problem[:200]
        self.save(update_fields=["problem"])


class CustomerMessage(models.Model):
    """What somebody wrote to the shop: by the contact form, or about an order from its page.

    `email` is where they want the answer; one about an order has none, its customer gets it. Once
    it is closed nobody has to answer it (any more).
    """

    order = models.ForeignKey(
        Order, null=True, blank=True, related_name="customer_messages", on_delete=models.CASCADE
    )
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=35, blank=True, default="")
    text = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.SET_NULL
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="message_can_be_answered",
                condition=Q(order__isnull=False) | Q(email__regex=r"\S"),
            ),
        )
        indexes = (
            models.Index(fields=("received_at",), name="messages_by_age"),
            models.Index(
                fields=("order",), condition=Q(answered_at=None), name="messages_to_answer"
            ),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def state(self) -> str:
        """How far it is: new, answered or closed."""
        if self.closed_at:
            return "closed"
        return "answered" if self.answered_at else "new"


class MessageAnswer(models.Model):
    """What staff wrote back to a customer's message; it goes with it."""

    message = models.ForeignKey(CustomerMessage, related_name="answers", on_delete=models.CASCADE)
    text = models.TextField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.SET_NULL
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"answer to message {self.message_id}"


class AnswerTemplate(models.Model):
    """Words that staff answer with again and again, in one language."""

    name = models.CharField(max_length=60)
    language = models.CharField(max_length=35)
    text = models.TextField(max_length=4000)

    class Meta:
        ordering = ("name", "language")
        default_permissions = ()  # Saleor's `order.manage_orders` guards it
        constraints = (
            models.UniqueConstraint(fields=("name", "language"), name="one_template_per_name"),
        )

    def __str__(self) -> str:
        return self.name

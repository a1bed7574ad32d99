"""What customers say of what they bought, and whether it is published."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from saleor.order.models import OrderLine
from saleor.product.models import Product

MAX_NAME, MAX_TEXT = 40, 2000  # letters of a review
BEST = 5  # the best mark; the worst is 1


class ReviewState(models.TextChoices):
    """How far the moderation of a review has got."""

    WAITING = "waiting", "Waiting"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Declined"


class DeclineReason(models.TextChoices):
    """Which of the public rules a review breaks; customers read these words."""

    CURE = "cure", _("It says that something heals, cures or treats an illness.")
    NAMES = "names", _("It names somebody: you, a clinician, a clinic or one of us.")
    IDENTIFYING = "identifying", _("Something in it could tell others who you are.")
    ADVICE = "advice", _("It tells others how to treat themselves.")
    OFF_TOPIC = "off_topic", _("It is not about what was bought, or the parcel.")
    INSULT = "insult", _("It insults somebody, or advertises something.")


_LIMITS = (MinValueValidator(1), MaxValueValidator(BEST))


def _is_mark(name: str) -> Q:
    return Q(**{f"{name}__gte": 1, f"{name}__lte": BEST})


class Review(models.Model):
    """One review of one order line: three marks from 1 to `BEST`, a text and a chosen name.

    `size_accuracy` is None for what has no size. `name` is "" for somebody who chose none. The
    order line proves the purchase and is shown to nobody; pages read `product` alone. `version`
    counts what the customer wrote, so that nobody publishes words that they have not read. `reason`
    is why it was declined, `answer` what the shop says below it.
    """

    line = models.OneToOneField(OrderLine, related_name="review", on_delete=models.CASCADE)
    product = models.ForeignKey(Product, related_name="reviews", on_delete=models.CASCADE)
    language = models.CharField(max_length=35)
    name = models.CharField(max_length=MAX_NAME, blank=True, default="")
    comfort = models.PositiveSmallIntegerField(validators=_LIMITS)
    size_accuracy = models.PositiveSmallIntegerField(validators=_LIMITS, null=True, blank=True)
    discretion = models.PositiveSmallIntegerField(validators=_LIMITS)
    text = models.TextField(max_length=MAX_TEXT)
    version = models.PositiveIntegerField(default=1)
    written_on = models.DateField(default=timezone.localdate)
    changed_at = models.DateTimeField(auto_now=True)
    state = models.CharField(max_length=9, choices=ReviewState.choices, default=ReviewState.WAITING)
    reason = models.CharField(max_length=11, blank=True, default="")  # a `DeclineReason`
    answer = models.TextField(max_length=MAX_TEXT, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ("-state", "pk")  # those that wait come first
        default_permissions = ()  # `dashboard.moderate_reviews` guards it
        constraints = (
            models.CheckConstraint(
                name="review_marks_in_range",
                condition=_is_mark("comfort")
                & _is_mark("discretion")
                & (Q(size_accuracy=None) | _is_mark("size_accuracy")),
            ),
            models.CheckConstraint(
                name="review_state_is_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="declined_review_has_a_reason",
                condition=Q(state=ReviewState.DECLINED, reason__in=DeclineReason.values)
                | (~Q(state=ReviewState.DECLINED) & Q(reason="")),
            ),
        )
        indexes = (
            models.Index(
                fields=("product",), condition=Q(state="published"), name="published_reviews"
            ),
        )

    def __str__(self) -> str:
        return f"review {self.pk}"

"""Collection points, and where postcodes are."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from saleor.order.models import Order
from saleor.product.models import ProductVariant

USUAL_KEPT_DAYS, MAX_KEPT_DAYS = 7, 60


class PointKind(models.TextChoices):
    """What a collection point is."""

    SHOP = "shop", _("Parcel shop")
    LOCKER = "locker", _("Locker")
    POST_OFFICE = "post_office", _("Post office counter")


class CollectionPoint(models.Model):
    """A shop or locker where a parcel waits for its recipient. Coordinates are WGS 84 degrees.

    `hours` is text as people read it, such as "Mon-Fri 8-20, Sat 9-17". `kept_days`: so many
    days after its arrival a parcel can be collected, the last one included.
    """

    code = models.CharField(max_length=40, unique=True)
    carrier = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=PointKind.choices)
    name = models.CharField(max_length=35)
    street = models.CharField(max_length=60)
    city = models.CharField(max_length=40)
    postcode = models.CharField(max_length=12)
    country = models.CharField(max_length=2)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    hours = models.CharField(max_length=120, blank=True, default="")
    kept_days = models.PositiveSmallIntegerField(
        default=USUAL_KEPT_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_KEPT_DAYS)],
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("country", "postcode", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)),
                name="point_on_earth",
            ),
        )
        indexes = (
            models.Index(
                fields=("country", "latitude"), condition=Q(is_active=True), name="active_point"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.postcode}"


class SlipCode(models.Model):
    """What stands on an order's packing slip for one variant: random, and of this order only.

    No page looks one up; whoever packs the order scans it.
    """

    order = models.ForeignKey(Order, related_name="slip_codes", on_delete=models.CASCADE)
    variant = models.ForeignKey(ProductVariant, related_name="+", on_delete=models.CASCADE)
    code = models.CharField(max_length=8)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("order", "variant"), name="one_slip_code_per_variant"),
            models.UniqueConstraint(fields=("order", "code"), name="one_variant_per_slip_code"),
        )

    def __str__(self) -> str:
        return self.code


class PostcodeArea(models.Model):
    """The location of the postcodes with this prefix, so that no other service is asked.

    `prefix` is in capitals without spaces: a whole postcode, or its first part.
    """

    country = models.CharField(max_length=2)
    prefix = models.CharField(max_length=12)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)

    class Meta:
        ordering = ("country", "prefix")
        constraints = (
            models.UniqueConstraint(fields=("country", "prefix"), name="one_place_per_prefix"),
        )

    def __str__(self) -> str:
        return f"{self.country} {self.prefix}"

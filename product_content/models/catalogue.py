"""Sizes, what a product page says beyond Saleor's fields, and what was last loaded."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from saleor.product.models import Product, ProductImage, ProductVariant
from saleor.shipping.models import ShippingMethod

from product_content.pictures import picture_choices
from product_content.rendering import render_text


class Size(models.Model):
    """One step of the house chart. Lengths are in millimetres, weights in grams.

    A trigger of migration 0001 refuses, at commit, a bigger number with a smaller or equal
    diameter: a chart that is out of order would send someone to the wrong size.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    diameter_mm = models.PositiveSmallIntegerField("diameter (mm)", unique=True)
    usable_length_mm = models.PositiveSmallIntegerField("usable length (mm)")
    weight_g = models.PositiveSmallIntegerField("weight (g)")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                name="size_figures_are_positive",
                condition=Q(number__gte=1)
                & Q(diameter_mm__gte=1)
                & Q(usable_length_mm__gte=1)
                & Q(weight_g__gte=1),
            )
        ]

    def __str__(self) -> str:
        return f"Size {self.number} ({self.diameter_mm} mm)"

    def clean(self) -> None:
        """Refuse, with a message for the form, a diameter that breaks the order of the chart."""
        if not (self.number and self.diameter_mm):
            return  # the form asks for them
        others = Size.objects.exclude(pk=self.pk)
        too_big = others.filter(number__gt=self.number, diameter_mm__lte=self.diameter_mm)
        too_small = others.filter(number__lt=self.number, diameter_mm__gte=self.diameter_mm)
        if (neighbour := too_big.first() or too_small.last()) is not None:
            raise ValidationError(
                {
                    "diameter_mm": f"Out of order: size {neighbour.number} is "
                    f"{neighbour.diameter_mm} mm. A bigger number must be wider."
                }
            )


class SetSize(models.Model):
    """A size that a set contains."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="set_sizes")
    size = models.ForeignKey(Size, on_delete=models.PROTECT, related_name="in_sets")

    class Meta:
        ordering = ("size__number",)
        constraints = [
            models.UniqueConstraint(fields=["product", "size"], name="size_once_per_set"),
        ]
        indexes = [models.Index(fields=["size", "product"], name="sets_of_a_size")]

    def __str__(self) -> str:
        return f"{self.product} · {self.size}"


class SingleSize(models.Model):
    """The size of a variant that is sold singly."""

    variant = models.OneToOneField(
        ProductVariant, on_delete=models.CASCADE, related_name="single_size"
    )
    size = models.ForeignKey(Size, on_delete=models.PROTECT, related_name="singles")

    class Meta:
        indexes = [models.Index(fields=["size", "variant"], name="singles_of_a_size")]

    def __str__(self) -> str:
        return f"{self.variant} · {self.size}"


class Firmness(models.TextChoices):
    """How far the product gives when pressed."""

    SOFT = "soft", _("Soft and flexible")
    MEDIUM = "medium", _("Medium: bends a little")
    FIRM = "firm", _("Firm: does not bend")
    NONE = "none", _("Does not apply")


class Latex(models.TextChoices):
    """Natural rubber latex, which some people are allergic to."""

    FREE = "free", _("Made without natural rubber latex")
    CONTAINS = "contains", _("Contains natural rubber latex")


class Magnet(models.TextChoices):
    """Whether the product has magnets in it."""

    NONE = "none", _("No magnets")
    MOTOR = "motor", _("Its motor can have magnets")
    STATIC = "static", _("Contains static magnets")


class DeviceClass(models.TextChoices):
    """The risk class of a medical device, as its maker declares it."""

    NONE = "none", _("Not a medical device")
    ONE = "I", _("Class I")
    TWO_A = "IIa", _("Class IIa")
    TWO_B = "IIb", _("Class IIb")
    TWO_US = "II-us", _("Class II (United States)")
    THREE = "III", _("Class III")


class Marking(models.TextChoices):
    """The mark by which a maker declares that a device conforms."""

    UKCA = "ukca", _("UKCA")
    CE = "ce", _("CE")
    FDA = "fda", _("Listed with the FDA")


class ProductDetail(models.Model):
    """The texts of a product page; the Markdown is rendered once, when it is saved."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="detail")
    summary = models.CharField(max_length=300, help_text="One or two sentences, for lists.")
    description_markdown = models.TextField("description (Markdown)")
    description_html = models.TextField(editable=False)
    in_the_box = models.TextField("in the box", help_text="One thing a line.")
    picture = models.CharField(
        "rendered picture",
        max_length=60,
        blank=True,
        default="",
        choices=picture_choices,
        help_text="Of a demo product, drawn by a program. Shown as long as there is no photo.",
    )

    def __str__(self) -> str:
        return f"Texts of {self.product}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Render the description, then save it along with any fields that are named."""
        self.description_html = render_text(self.description_markdown)
        if (named := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*named, "description_html"}
        super().save(*args, **kwargs)


class CustomsFacts(models.Model):
    """What a customs form says of a product beside the shop's neutral line; on nothing else.

    `hs_code` is of the Harmonized System (World Customs Organization), 6 to 10 digits; `origin`
    is where it was made, an ISO 3166 code. The owner says both, and is liable for them.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="customs")
    hs_code = models.CharField(
        "HS code",
        max_length=10,
        validators=[
            RegexValidator(r"^\d{6}(\d{2}){0,2}$", "Write 6, 8 or 10 digits, such as 392690.")
        ],
        help_text="6, 8 or 10 digits of the Harmonized System, without dots.",
    )
    origin = CountryField(help_text="Where it was made.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(hs_code__regex=r"^[0-9]{6}([0-9]{2}){0,2}$"),
                name="customs_facts_are_codes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.hs_code} from {self.origin}"


MAX_DELIVERY_DAYS = 60


class DeliveryTime(models.Model):
    """How many working days a delivery method takes from leaving us to arriving; both included.

    A method without one promises no day. `carrier_option` is what the carrier that sells labels
    calls this way of sending, "" if no label is bought for it.
    """

    method = models.OneToOneField(
        ShippingMethod, on_delete=models.CASCADE, related_name="delivery_time"
    )
    min_days = models.PositiveSmallIntegerField("fewest working days")
    max_days = models.PositiveSmallIntegerField("most working days")
    carrier_option = models.CharField(
        "carrier's code", max_length=80, blank=True, default="", db_default=""
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(min_days__gte=1)
                & Q(max_days__gte=F("min_days"))
                & Q(max_days__lte=MAX_DELIVERY_DAYS),
                name="delivery_time_is_a_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.min_days} to {self.max_days} working days"


_CARD_TEXTS = ("material", "cleaning", "lubricant", "intended_use", "not_studied_for")


def _complete() -> Q:
    """Return the condition that every field of a card says something."""
    condition = (
        Q(firmness__in=Firmness.values) & Q(latex__in=Latex.values) & Q(magnet__in=Magnet.values)
    )
    for name in _CARD_TEXTS:
        condition &= Q(**{f"{name}__regex": r"\S"})
    return condition


class SafetyCard(models.Model):
    """The product safety card. A card is complete or is not saved at all.

    A product without a card is never shown to customers (see `selectors`). The texts cite claims
    as [^id]. The regulatory facts come from the maker's papers and are empty until somebody has
    them: `product_content.policies.may_be_sold` says what then follows.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="safety_card")
    material = models.CharField(max_length=120)
    firmness = models.CharField(max_length=10, choices=Firmness.choices)
    latex = models.CharField(max_length=10, choices=Latex.choices)
    magnet = models.CharField(max_length=10, choices=Magnet.choices)
    cleaning = models.TextField()
    lubricant = models.TextField("lubricant compatibility")
    intended_use = models.TextField()
    not_studied_for = models.TextField()
    maker = models.CharField("maker, with address", max_length=200, blank=True)
    device_class = models.CharField(max_length=8, choices=DeviceClass.choices, blank=True)
    marking = models.CharField(
        "conformity marking", max_length=8, choices=Marking.choices, blank=True
    )
    batch = models.CharField("batch or lot", max_length=80, blank=True)
    udi = models.CharField("UDI", max_length=120, blank=True)
    importer = models.CharField(
        max_length=200, blank=True, help_text="With address; “none” for a maker of this country."
    )
    magnet_type = models.CharField(max_length=120, blank=True, help_text="As the maker states it.")
    magnet_field = models.CharField(
        "field of the magnets", max_length=120, blank=True, help_text="With unit and distance."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="safety_card_is_complete", condition=_complete()),
        ]

    def __str__(self) -> str:
        return f"Safety card of {self.product}"

    @property
    def papers(self) -> tuple[str, ...]:
        """The maker's facts, in the order of `product_content.policies.RegulatoryFacts`."""
        return (
            self.maker, self.device_class, self.marking, self.batch, self.udi, self.importer,
        )  # fmt: skip


class PhotoFiles(models.Model):
    """The measures of a photo, in pixels, and the widths in which it lies beside its original.

    Pages name them, so that a browser fetches no more than it shows and nothing jumps while it
    does; Saleor's row knows neither. The files' names follow from `product_content.photos`.
    """

    image = models.OneToOneField(ProductImage, on_delete=models.CASCADE, related_name="files")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    widths = ArrayField(models.PositiveSmallIntegerField())

    class Meta:
        verbose_name_plural = "photo files"

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


class CatalogueRecord(models.Model):
    """The fingerprint of each field of one object, as the catalogue files last set it.

    `object_id` is the row's primary key, so that the object is still known when staff rename it.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    object_id = models.CharField(max_length=40)
    fingerprints = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="catalogue_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PriceChangeState(models.TextChoices):
    """Life of a change of prices."""

    PLANNED = "planned", "Planned"
    APPLIED = "applied", "Done"
    CANCELLED = "cancelled", "Cancelled"


class PriceChange(models.Model):
    """Prices that change together from a moment on, once; undone by another change.

    `description` says in words what was asked for, such as "5 % more, rounded to 0.99".
    """

    description = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    state = models.CharField(
        max_length=9, choices=PriceChangeState.choices, default=PriceChangeState.PLANNED
    )
    undoes = models.OneToOneField(
        "self", null=True, blank=True, related_name="undone_by", on_delete=models.PROTECT
    )
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # Saleor's `discount.manage_discounts` guards it
        indexes = (
            models.Index(
                fields=("starts_at",), condition=Q(state="planned"), name="planned_price_change"
            ),
        )

    def __str__(self) -> str:
        return f"Price change {self.pk}"


class PriceChangeLine(models.Model):
    """One price: of a product, or of a `variant` that has its own. None: it has none of its own.

    `skipped`: somebody had changed the price meanwhile, so it was left as it was.
    """

    change = models.ForeignKey(PriceChange, related_name="lines", on_delete=models.CASCADE)
    product = models.ForeignKey(Product, related_name="+", on_delete=models.CASCADE)
    variant = models.ForeignKey(
        ProductVariant, null=True, blank=True, related_name="+", on_delete=models.CASCADE
    )
    old_value = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    new_value = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    skipped = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("change", "product", "variant"),
                nulls_distinct=False,
                name="one_new_price_per_change",
            ),
        )

    def __str__(self) -> str:
        return f"{self.old_value} → {self.new_value}"

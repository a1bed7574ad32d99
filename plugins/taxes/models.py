"""Tax classes and rates, the class of a product, the VAT of orders and refunds, and invoices."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django_countries.fields import CountryField
from saleor.checkout.models import Checkout
from saleor.order.models import Order, OrderLine
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import Product

STANDARD, REDUCED, ZERO = "standard", "reduced", "zero"


class TaxClass(models.Model):
    """A kind of goods that a tax law names: its rate differs from country to country."""

    code = models.SlugField(max_length=20, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("name",)
        default_permissions = ()
        verbose_name_plural = "tax classes"

    def __str__(self) -> str:
        return self.name


class TaxRate(models.Model):
    """How many per cent a country asks of a class, from a day until the next row's day.

    `source` says where the figure comes from, as an address or the name of the law.
    """

    country = CountryField()
    tax_class = models.ForeignKey(TaxClass, related_name="rates", on_delete=models.PROTECT)
    percent = models.DecimalField(
        max_digits=6,
        decimal_places=3,
        validators=(MinValueValidator(0), MaxValueValidator(100)),
        help_text="Per cent of the price without tax, such as 20 or 5.5.",
    )
    valid_from = models.DateField(help_text="It holds until the next row of this country and class")
    source = models.CharField(max_length=255, help_text="Where the figure comes from.")

    class Meta:
        ordering = ("country", "tax_class", "-valid_from")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("country", "tax_class", "valid_from"), name="one_tax_rate_a_day"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="tax_rate_is_per_cent"
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} {self.tax_class_id} {self.percent.normalize():f} %"


class ProductTax(models.Model):
    """The tax class of a product; without a row it is of the standard class.

    `relief`: it may be sold without VAT to people who are chronically ill or disabled.
    """

    product = models.OneToOneField(Product, related_name="tax_facts", on_delete=models.CASCADE)
    tax_class = models.ForeignKey(
        TaxClass, related_name="products", on_delete=models.PROTECT, default=STANDARD
    )
    relief = models.BooleanField(
        "VAT relief",
        default=False,
        help_text=(
            "May be sold without VAT to people who are chronically ill or disabled "
            "(United Kingdom, VAT Notice 701/7). Ask your accountant first."
        ),
    )

    class Meta:
        default_permissions = ()
        verbose_name = "VAT"
        verbose_name_plural = "VAT"

    def __str__(self) -> str:
        return str(self.tax_class_id)


class TaxSettings(PluginConfiguration):
    """Saleor's row of the settings that `plugins.taxes.plugin` reads."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = "VAT settings"
        verbose_name_plural = "VAT settings"

    def __str__(self) -> str:
        return "VAT"


def _amount() -> models.DecimalField:
    """Return a column of money; its third place is for currencies that have it."""
    return models.DecimalField(max_digits=14, decimal_places=3)


class OrderTax(models.Model):
    """What of one order line, or of a part of the delivery, was VAT when the order was placed.

    `gross_value` is what is paid for it, less what a code took off; net and tax add up to it.
    `line` is empty for the delivery, which has one row for each rate. `country` is where it goes.
    An order without rows was placed when the shop computed no VAT.
    """

    order = models.ForeignKey(Order, related_name="taxes", on_delete=models.CASCADE)
    line = models.OneToOneField(
        OrderLine, null=True, blank=True, related_name="vat", on_delete=models.CASCADE
    )
    country = models.CharField(max_length=2)
    tax_class = models.CharField(max_length=20)
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    relief = models.BooleanField(default=False)
    net_value = _amount()
    tax_value = _amount()
    gross_value = _amount()

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(net_value__gte=0, tax_value__gte=0)
                & Q(gross_value=F("net_value") + F("tax_value")),
                name="order_tax_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_value} of {self.gross_value} in order {self.order_id}"


class CreditTax(models.Model):
    """What of a refund is VAT that was charged with one row of its order; as booked."""

    refund = models.ForeignKey("ordering.Refund", related_name="taxes", on_delete=models.PROTECT)
    charged = models.ForeignKey(OrderTax, related_name="credits", on_delete=models.PROTECT)
    net_value = _amount()
    tax_value = _amount()
    gross_value = _amount()

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("refund", "charged"), name="one_credit_tax_a_row"),
            models.CheckConstraint(
                condition=Q(gross_value=F("net_value") + F("tax_value")),
                name="credit_tax_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_value} of {self.gross_value} in refund {self.refund_id}"


class Invoice(models.Model):
    """The invoice of an order that was paid; a trigger keeps all of it but its persons.

    `number` is in sequence, without gaps. `content` is what it says, as text in `language`;
    `buyer` is apart from it, as it is emptied when the order's person is erased.
    """

    order = models.OneToOneField(Order, related_name="tax_invoice", on_delete=models.PROTECT)
    number = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField()
    language = models.CharField(max_length=35)
    vat_number = models.CharField(max_length=20, blank=True, default="")
    content = models.JSONField()
    buyer = models.JSONField(default=list)

    class Meta:
        ordering = ("-number",)
        default_permissions = ()
        indexes = (models.Index(fields=("issued_at",), name="invoice_issued_at"),)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The number as people write it."""
        return f"INV-{self.number:05d}"


class ReliefDeclaration(models.Model):
    """What a customer declared to buy without VAT, sealed: of a basket, or of an order.

    Each order has a copy of its own, as its basket is deleted once it is paid.
    """

    checkout = models.OneToOneField(
        Checkout, null=True, blank=True, related_name="relief", on_delete=models.CASCADE
    )
    order = models.OneToOneField(
        Order, null=True, blank=True, related_name="relief", on_delete=models.CASCADE
    )
    sealed = models.TextField()
    declared_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(checkout=None, order__isnull=False)
                | Q(checkout__isnull=False, order=None),
                name="relief_is_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"declaration {self.pk}"


class InvoiceCounter(models.Model):
    """The last number that an invoice was given; one row, locked while one is given."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"invoices up to {self.last}"

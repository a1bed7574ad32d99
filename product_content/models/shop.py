"""What managers set in the dashboard; what they leave empty comes from the environment."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator, validate_email
from django.db import models
from django.db.models import F, Q

from product_content.colours import COLOUR, ENOUGH, is_readable, readable, weakest_contrast
from product_content.money import is_payable
from saleor_config.settings.values import MAX_SHOP_NAME, name_fault

MAX_ADDRESS_LINES, MAX_ADDRESS_LINE = 6, 60
_ONE_LINE = RegexValidator(r"^[^\x00-\x1f<>]*$", "Write one line, without < and >.")


def validate_name(name: str) -> None:
    """Refuse a name that cannot stand on a label."""
    if fault := name_fault(name):
        raise ValidationError(f"It {fault}")


def validate_addresses(text: str) -> None:
    """Refuse a list of e-mail addresses, one a line, of which one is none."""
    for address in text.splitlines():
        if address.strip():
            validate_email(address.strip())


def validate_accent(colour: str) -> None:
    """Refuse a colour that is none, or that text cannot be read in."""
    if not COLOUR.fullmatch(colour):
        raise ValidationError("Write # and six of 0 to 9 and a to f, such as #17656b.")
    if not is_readable(colour):
        raise ValidationError(
            f"Text in this colour is hard to read: its contrast is {weakest_contrast(colour):.1f} "
            f"to 1, and {ENOUGH} is needed. {readable(colour)} is the nearest one that works."
        )


def validate_lines(text: str) -> None:
    """Refuse a postal address that no paper has room for."""
    lines = text.splitlines()
    if len(lines) > MAX_ADDRESS_LINES or any(len(line) > MAX_ADDRESS_LINE for line in lines):
        raise ValidationError(
            f"Write at most {MAX_ADDRESS_LINES} lines of at most {MAX_ADDRESS_LINE} characters."
        )


def validate_amounts(text: str) -> None:
    """Refuse a list of amounts, parted by commas, of which one is none."""
    for amount in filter(None, (part.strip() for part in text.split(","))):
        try:
            if Decimal(amount) > 0 and is_payable(Decimal(amount), settings.DEFAULT_CURRENCY):
                continue
        except InvalidOperation:
            pass
        raise ValidationError(f"“{amount}” is no amount. Write amounts such as 25, 50, 100.")


class ShopSettings(models.Model):
    """Who sells, how to reach them, and whether orders are taken; there is one row at most."""

    name = models.CharField(
        "shop's name",
        max_length=MAX_SHOP_NAME,
        blank=True,
        validators=[validate_name],
        help_text="Neutral: it stands on pages, on labels and in e-mails. Empty: SHOP_NAME.",
    )
    company = models.CharField(
        max_length=80,
        blank=True,
        validators=[_ONE_LINE],
        help_text="Who sells by law, for receipts and invoices, if that is another name.",
    )
    address = models.TextField(
        blank=True,
        validators=[validate_lines],
        help_text="Line by line, for receipts and invoices.",
    )
    contact_email = models.EmailField(
        "contact address",
        blank=True,
        help_text="Where customers write to. Empty: the address in DEFAULT_FROM_EMAIL.",
    )
    sender_name = models.CharField(
        "sender's name of e-mails",
        max_length=MAX_SHOP_NAME,
        blank=True,
        validators=[validate_name],
        help_text="Neutral. E-mails of new orders have it. Empty: the name in DEFAULT_FROM_EMAIL.",
    )
    staff_emails = models.TextField(
        "addresses of staff",
        blank=True,
        validators=[validate_addresses],
        help_text=(
            "One a line. They are told of new orders, low stock and payments that need attention. "
            "Empty: STAFF_EMAILS."
        ),
    )
    accent = models.CharField(
        "accent colour",
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[validate_accent],
        help_text="Of links and buttons, such as #17656b. The one by night follows. Empty: ours.",
    )
    logo = models.ImageField(
        upload_to="shop",
        blank=True,
        default="",
        db_default="",
        help_text=(
            "PNG, JPEG or WebP, shown small beside the name on the shop's pages. Never on parcels "
            "or in e-mails; quiet mode hides it. Neutral all the same, please."
        ),
    )
    hidden_languages = ArrayField(
        models.CharField(max_length=7),
        verbose_name="languages that are not offered",
        default=list,
        db_default=[],
        blank=True,
        help_text="Their pages lead to the English ones. Orders placed in them keep their e-mails.",
    )
    paused = models.BooleanField(
        "take no orders now",
        default=False,
        help_text="Customers can look and fill their basket. Orders that were placed can be paid.",
    )
    pause_message = models.CharField(
        "what customers read then",
        max_length=200,
        blank=True,
        validators=[_ONE_LINE],
        help_text="In English. Empty: that no orders are taken at the moment.",
    )
    pause_message_es = models.CharField(
        "the same in Spanish", max_length=200, blank=True, validators=[_ONE_LINE]
    )
    sells_gift_cards = models.BooleanField(
        "sell gift cards",
        default=True,
        db_default=True,
        help_text="Cards that were sold can be spent in any case.",
    )
    gift_minimum = models.DecimalField(
        "smallest gift card",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="In the shop’s currency. Empty: 10, of money without decimals 1,000.",
    )
    gift_maximum = models.DecimalField(
        "largest gift card",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Empty: 250, of money without decimals 25,000. Stolen bank cards are turned into "
        "gift cards: keep it small.",
    )
    gift_amounts = models.CharField(
        "suggested amounts",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        validators=[validate_amounts],
        help_text="Parted by commas. Empty: 25, 50, 100, of money without decimals a hundred "
        "times that.",
    )

    class Meta:
        default_permissions = ()  # Saleor's `site.manage_settings` guards it
        verbose_name = "shop settings"
        verbose_name_plural = "shop settings"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="one_row_of_shop_settings"),)

    def __str__(self) -> str:
        return "Shop settings"

    def clean(self) -> None:
        """Refuse a largest gift card that is smaller than the smallest."""
        if self.gift_minimum and self.gift_maximum and self.gift_minimum > self.gift_maximum:
            raise ValidationError({"gift_maximum": "This is less than the smallest."})


class ClosedPeriod(models.Model):
    """Days on which nothing is sent, first and last included, and what the shop says meanwhile."""

    shop = models.ForeignKey(ShopSettings, related_name="closed_periods", on_delete=models.CASCADE)
    first_day = models.DateField()
    last_day = models.DateField()
    announced_on = models.DateField(
        "notice from",
        null=True,
        blank=True,
        help_text="From when on the notice stands on the shop's pages. Empty: the first day.",
    )
    notice = models.CharField(
        max_length=200, validators=[_ONE_LINE], help_text="What customers read, in English."
    )
    notice_es = models.CharField(
        "notice in Spanish", max_length=200, blank=True, validators=[_ONE_LINE]
    )

    class Meta:
        ordering = ("first_day",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="closed_period_ends_after_it_begins",
                violation_error_message="The last day is before the first.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

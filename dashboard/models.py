"""Tables of the dashboard, and proxies of Saleor's users, stock and gift cards."""

from __future__ import annotations

import secrets
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac
from django_otp.models import Device, ThrottlingMixin
from saleor.account.models import User
from saleor.giftcard.models import GiftCard
from saleor.warehouse.models import Stock

from dashboard.roles import OWN_PERMISSIONS


class Customer(User):
    """A user who can buy."""

    class Meta:
        proxy = True
        default_permissions = ()  # Saleor's `account.manage_users` guards it


class StaffMember(User):
    """A user who can enter /staff/."""

    class Meta:
        proxy = True
        default_permissions = ()  # Saleor's `account.manage_staff` guards it
        permissions = tuple((code.split(".")[1], name) for code, name in OWN_PERMISSIONS)
        verbose_name = "member of staff"
        verbose_name_plural = "staff"


class StockItem(Stock):
    """The stock of one variant in one warehouse, called by its SKU."""

    class Meta:
        proxy = True
        default_permissions = ()  # `dashboard.manage_stock` guards it
        verbose_name = "stock"
        verbose_name_plural = "stock"

    def __str__(self) -> str:
        return str(self.product_variant.sku)


class MaskedGiftCard(GiftCard):
    """A gift card whose code is masked."""

    class Meta:
        proxy = True
        default_permissions = ()  # Saleor's `giftcard.manage_gift_card` guards it
        verbose_name = "gift card"

    def __str__(self) -> str:
        return str(self.display_code)


class AccessKind(models.TextChoices):
    """What kind of page somebody viewed."""

    ORDER = "order", "Order"
    PARCEL = "parcel", "Parcel"
    DOCUMENT = "document", "Label or slip"
    CUSTOMER = "customer", "Customer"
    MESSAGE = "message", "Message"
    EMAIL = "email", "E-mail of an order"
    EXPORT = "export", "Export"
    REVIEW = "review", "Review"


class AccessRecord(models.Model):
    """One view of a page that shows a customer's data; `subject_id` is the order or customer.

    Of an export it is 0, and `detail` says which one, of which period and in which format.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AccessKind.choices)
    subject_id = models.PositiveBigIntegerField()
    detail = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # `dashboard.view_access_log` guards it
        indexes = (models.Index(fields=("subject_id",), name="access_by_subject"),)
        verbose_name = "access"
        verbose_name_plural = "access log"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_id}"


class ReportKind(models.TextChoices):
    """What kind of trouble it was; the values are those of `saleor_config.reports`."""

    ERROR = "error", "Error"
    TASK = "task", "Failed task"
    SLOW = "slow", "Slow page"


class ErrorReport(models.Model):
    """All reports of one fault: how often it came, when first and last.

    Only names of our own code are in it, never what somebody asked for: `page` is the name of an
    address or task, `place` a line of code. The last four fields are of the latest report.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=ReportKind.choices)
    what = models.CharField(max_length=200)
    page = models.CharField(max_length=200, blank=True, default="")
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    place = models.CharField(max_length=400, blank=True, default="")
    status = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    request_id = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        ordering = ("-last_at", "-pk")
        default_permissions = ()  # `dashboard.view_access_log` guards it
        verbose_name = "error report"

    def __str__(self) -> str:
        return f"{self.what} on {self.page or 'no page'}"


_CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_CODE_LENGTH, _CODE_GROUP, _CODE_COUNT = (
    12,
    4,
    10,
)  # 31^12 codes are too many to guess, so the digests need no salt each


class RecoveryCodes(ThrottlingMixin, Device):
    """The codes of one person that are still unused."""

    digests = ArrayField(models.CharField(max_length=64), default=list)

    class Meta(Device.Meta):
        abstract = False
        default_permissions = ()  # there is no page for them

    @classmethod
    def renew(cls, user: User) -> tuple[Self, list[str]]:
        """Replace the person's codes by new ones and return those; they cannot be read again."""
        codes = [_new_code() for _ in range(_CODE_COUNT)]
        row, _ = cls.objects.update_or_create(
            user_id=user.pk,
            defaults={"name": "Recovery codes", "digests": [_digest(code) for code in codes]},
        )
        return row, codes

    def verify_token(self, token: str) -> bool:
        """Use up a code; the row is locked by the caller. Wrong tries slow down the next."""
        digest = _digest(token)
        if not self.verify_is_allowed()[0] or digest not in self.digests:
            self.throttle_increment()
            return False
        self.digests.remove(digest)
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        """Return the seconds after the first wrong try; each further one doubles them."""
        return 1


def _new_code() -> str:
    letters = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(letters[at : at + _CODE_GROUP] for at in range(0, _CODE_LENGTH, _CODE_GROUP))


def _digest(code: str) -> str:
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("dashboard.recovery-codes", typed, algorithm="sha256").hexdigest()


class SavedView(models.Model):
    """`query` is the query string of the list `list_name` ("order.order"), its keys in order.

    Only filters and the order of rows are kept, on lists of people's data never what was searched
    for: a search names somebody.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "pk")
        default_permissions = ()  # whoever may open the list may keep views of it
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "list_name", "name"), name="one_view_per_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

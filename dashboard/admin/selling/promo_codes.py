"""Promo codes: vouchers and gift cards.

Whoever knows the code of a gift card can spend it: it is shown once, when the card is issued.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from saleor.discount import DiscountValueType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from unfold.decorators import action, display

from dashboard.admin.base import SaleorModelAdmin, format_day, format_money, format_time
from dashboard.models import MaskedGiftCard
from dashboard.site import staff_site
from plugins.order_emails.plugin import send_gift_card_again
from plugins.order_emails.policies import SendRefused
from plugins.ordering.codes import (
    code_owner,
    condition_problems,
    is_code,
    voucher_name,
    voucher_value,
    with_code,
)
from plugins.ordering.models import CardKind, GiftCardSale
from plugins.ordering.sold_cards import GiftCardBooks, gift_card_books, issue_gift_card
from product_content.money import smallest_unit

_VISIBLE_CHARACTERS = 4  # the last characters, by which a customer on the phone can name a card


class GiftCardForm(forms.ModelForm):
    """The form of a gift card."""

    def clean_end_date(self) -> date | None:
        """Refuse a new last day that is over already; an old one may stay as it is."""
        day: date | None = self.cleaned_data["end_date"]
        if day and day < timezone.localdate() and "end_date" in self.changed_data:
            raise ValidationError("This day is over. To stop a card, make it inactive.")
        return day


@admin.register(MaskedGiftCard, site=staff_site)
class GiftCardAdmin(SaleorModelAdmin):
    """Cards, what is left on them, and issuing a new one."""

    form = GiftCardForm
    required_permission = "giftcard.manage_gift_card"
    list_display = ("masked", "left", "issued_over", "is_active", "end_date", "last_used")
    list_display_links = ("masked",)
    list_filter = ("is_active",)
    search_fields = ("code",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Last 4 characters, or the whole code"
    ordering = ("-created",)
    fields = (
        ("masked", "is_active"),
        ("left", "issued_over"),
        ("end_date", "last_used"),
        ("sold_by", "went_out"),
    )
    readonly_fields = ("masked", "left", "issued_over", "last_used", "sold_by", "went_out")
    list_before_template = "dashboard/gift_card_books.html"
    actions_detail = ("send_again",)
    add_fieldsets = ((None, {"fields": (("initial_balance_amount", "end_date"),)}),)

    @property
    def books(self) -> list[tuple[str, list[str]]]:
        """The figures of all cards up to today, which stand above the list: whose, and amounts."""
        return [(_whose(row), _figures(row)) for row in gift_card_books(timezone.localdate())]

    @action(description="Send it again", url_path="send-again", permissions=["change"])
    def send_again(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Send a sold card to its receiver once more; only a POST does."""
        sale = GiftCardSale.objects.filter(card=object_id).first()
        back = redirect("admin:dashboard_maskedgiftcard_change", object_id)
        if sale is None or not sale.recipient:
            messages.error(request, "It was not sold to be sent, or nobody knows any more to whom.")
            return back
        if request.method == "POST":
            _send_again(request, sale)
            return back
        context = {**staff_site.each_context(request), "title": "Send it again?", "card": object_id}
        return TemplateResponse(request, "dashboard/gift_card_send.html", context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[MaskedGiftCard], search_term: str
    ) -> tuple[QuerySet[MaskedGiftCard], bool]:
        """Find by what is shown or by the whole code; other parts would let codes be guessed."""
        if not search_term.strip():
            return queryset, False
        cards = GiftCard.objects.all()
        match = Q(pk__in=with_code(cards, search_term).values("pk"))
        if len(search_term.strip()) == _VISIBLE_CHARACTERS:
            match |= Q(code__iendswith=search_term.strip())
        return queryset.filter(match), False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; a card is worth something."""
        if db_field.name == "initial_balance_amount":
            kwargs["min_value"] = smallest_unit(settings.DEFAULT_CURRENCY)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: MaskedGiftCard, form: Any, change: bool
    ) -> None:
        """Issue a card and show its code this once; later only its state and end change."""
        if change:
            obj.save(update_fields=["is_active", "end_date"])
            return
        card = issue_gift_card(amount=obj.initial_balance_amount, end_date=obj.end_date)
        obj.pk, obj.code = card.pk, card.code
        messages.warning(request, f"Write the code down, it is not shown again: {card.code}")

    @display(description="Code")
    def masked(self, card: MaskedGiftCard) -> str:
        """Return the code with all but its last characters hidden."""
        return str(card.display_code)

    @display(description="Left", ordering="current_balance_amount")
    def left(self, card: MaskedGiftCard) -> str:
        """Return what can still be spent."""
        return format_money(card.current_balance_amount, card.currency)

    @display(description="Issued over", ordering="initial_balance_amount")
    def issued_over(self, card: MaskedGiftCard) -> str:
        """Return what the card was worth at first."""
        return format_money(card.initial_balance_amount, card.currency)

    @display(description="Last used", ordering="last_used_on")
    def last_used(self, card: MaskedGiftCard) -> str:
        """Return when something was last paid with it."""
        return format_time(card.last_used_on)

    @display(description="Sold by order")
    def sold_by(self, card: MaskedGiftCard) -> SafeString | str:
        """Return a link to the order by which it was bought; "-" for one that staff issued."""
        sale = _sale_of(card)
        if sale is None:
            return "-"
        url = reverse("admin:order_order_change", args=[sale.order_id])
        return format_html('<a class="underline" href="{}">#{}</a>', url, sale.order_id)

    @display(description="Went out")
    def went_out(self, card: MaskedGiftCard) -> str:
        """Return how and when it got to its receiver."""
        sale = _sale_of(card)
        if sale is None:
            return "-"
        if sale.kind == CardKind.PRINT:
            return str(CardKind.PRINT.label)
        if sale.sent_at is None and sale.not_before:
            return f"By e-mail, on {format_day(sale.not_before)}"
        return f"By e-mail, {format_time(sale.sent_at)}"


def _sale_of(card: MaskedGiftCard) -> GiftCardSale | None:
    return GiftCardSale.objects.filter(card=card.pk).first()


def _send_again(request: HttpRequest, sale: GiftCardSale) -> None:
    try:
        send_gift_card_again(order_id=sale.order_id, recipient=sale.recipient)
    except SendRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "It is on its way again.")


def _whose(row: GiftCardBooks) -> str:
    return f"{'Sold' if row.sold else 'Issued by staff'}, {row.currency}"


def _figures(row: GiftCardBooks) -> list[str]:
    amounts = (row.issued, row.redeemed, row.refunded, row.outstanding)
    return [format_money(amount, row.currency) for amount in amounts]


_MAX_PERCENT = 100  # percent
_GOODS = ("products", "collections", "categories")
_COUNTS = ("usage_limit", "min_checkout_items_quantity")
_AT_LEAST_ONE = {"min_value": "Write 1 or more, or leave it empty for no limit."}


class VoucherForm(forms.ModelForm):
    """The form of a voucher; it refuses vouchers that could never apply, and codes that are taken.

    What it accepts is enforced: the rules stand in plugins/ordering/codes.py.
    """

    def clean_code(self) -> str:
        """Refuse a code without letters and digits, and one that reads as another's."""
        code: str = self.cleaned_data["code"].strip()
        if not is_code(code):
            raise ValidationError("A code needs at least one letter or digit.")
        if self._is_new_code(code) and (owner := code_owner(code, but_voucher=self.instance.pk)):
            raise ValidationError(
                f"A {owner} has this code already. Capitals, spaces and hyphens make no difference."
            )
        return code

    def _is_new_code(self, code: str) -> bool:
        return self.instance.pk is None or code != self.initial["code"]

    def clean_discount_value(self) -> Decimal:
        """Refuse a voucher that takes nothing off."""
        value: Decimal = self.cleaned_data["discount_value"]
        if value <= 0:
            raise ValidationError("Nothing would be taken off.")
        return value

    def clean_min_spent_amount(self) -> Decimal | None:
        """Keep no minimum where it is zero."""
        return self.cleaned_data["min_spent_amount"] or None

    def clean(self) -> dict[str, Any]:
        """Refuse conditions that contradict each other, or that this kind cannot have."""
        data = super().clean() or self.cleaned_data
        share = data.get("discount_value_type") == DiscountValueType.PERCENTAGE
        if share and data.get("discount_value", 0) > _MAX_PERCENT:
            self.add_error("discount_value", "No more than 100 % can be taken off.")
        problems = condition_problems(
            data.get("type"),
            once_per_order=bool(data.get("apply_once_per_order")),
            for_goods=any(data.get(field) for field in _GOODS),
        )
        for field, problem in problems.items():
            self.add_error(field, problem)
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end <= start:
            self.add_error("end_date", "It would end before it begins.")
        return data


@admin.register(Voucher, site=staff_site)
class VoucherAdmin(SaleorModelAdmin):
    """Discount codes. Orders count how often one was used."""

    form = VoucherForm
    required_permission = "discount.manage_discounts"
    list_display = ("code", "called", "off", "used_of", "begins", "ends")
    list_filter = ("type",)
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    ordering = ("code",)
    autocomplete_fields = ("products",)
    readonly_fields = ("used",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("type", "products"), "collections", "categories")}),
        (
            "What it takes off",
            {
                "fields": (
                    ("discount_value_type", "discount_value"),
                    ("apply_once_per_order", "apply_once_per_customer"),
                )
            },
        ),
        (
            "When it holds",
            {
                "fields": (
                    "start_date",
                    "end_date",
                    ("usage_limit", "used"),
                    ("min_spent_amount", "min_checkout_items_quantity"),
                    "countries",
                )
            },
        ),
    )

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; a limit of zero would say nothing."""
        if db_field.name in _COUNTS:
            kwargs |= {"min_value": 1, "error_messages": _AT_LEAST_ONE}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Voucher], search_term: str
    ) -> tuple[QuerySet[Voucher], bool]:
        """Find by a part of code or name, and by a code in any spelling."""
        found, repeated = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return found, repeated
        same = with_code(Voucher.objects.all(), search_term).values("pk")
        return queryset.filter(Q(pk__in=same) | Q(pk__in=found.values("pk"))), repeated

    def title_of(self, obj: Voucher) -> str:
        """Return the code, which every voucher has."""
        return obj.code

    @display(description="Name", ordering="name")
    def called(self, voucher: Voucher) -> str:
        """Return what customers read beside the discount."""
        return voucher_name(voucher)

    @display(description="Takes off", ordering="discount_value")
    def off(self, voucher: Voucher) -> str:
        """Return the discount as an amount or as a share."""
        return voucher_value(voucher)

    @display(description="Used", ordering="used")
    def used_of(self, voucher: Voucher) -> str:
        """Return how often it was used, out of how often it may be."""
        return f"{voucher.used} of {voucher.usage_limit or 'any'}"

    @display(description="Begins", ordering="start_date")
    def begins(self, voucher: Voucher) -> str:
        """Return from when it is valid."""
        return format_time(voucher.start_date)

    @display(description="Ends", ordering="end_date")
    def ends(self, voucher: Voucher) -> str:
        """Return until when it is valid, or a dash."""
        return format_time(voucher.end_date)

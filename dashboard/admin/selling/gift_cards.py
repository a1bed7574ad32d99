"""Gift cards. Whoever knows a code can spend it: it is shown once, when the card is issued."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from saleor.giftcard.models import GiftCard
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin, format_money, format_time
from dashboard.models import MaskedGiftCard
from dashboard.site import staff_site
from plugins.ordering.codes import with_code

# 16 characters (Saleor's column) out of 31 that cannot be mistaken for one another: 79 bits.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 16


def issue_gift_card(*, amount: Decimal, end_date: date | None = None) -> GiftCard:
    """Create a gift card over `amount`, in the shop's currency, with a code nobody can guess."""
    return GiftCard.objects.create(
        code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)),
        currency=settings.DEFAULT_CURRENCY,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        end_date=end_date,
    )


_VISIBLE_CHARACTERS = 4  # the last characters, by which a customer on the phone can name a card


_MIN_BALANCE = Decimal("0.01")


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
    fields = (("masked", "is_active"), ("left", "issued_over"), ("end_date", "last_used"))
    readonly_fields = ("masked", "left", "issued_over", "last_used")
    add_fieldsets = ((None, {"fields": (("initial_balance_amount", "end_date"),)}),)

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
            kwargs["min_value"] = _MIN_BALANCE
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: MaskedGiftCard, form: Any, change: bool
    ) -> None:
        """Issue a card and show its code this once; later only its state and end change."""
        if change:
            obj.save(update_fields=["is_active", "end_date"])
            return
        card = issue_gift_card(amount=obj.initial_balance_amount, end_date=obj.end_date)
        obj.pk = card.pk
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

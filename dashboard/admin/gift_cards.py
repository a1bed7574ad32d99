"""Gift cards. A code is money: it is shown once, when the card is issued."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from saleor.giftcard.models import GiftCard
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin
from dashboard.admin.money import show_money
from dashboard.services.gift_cards import issue_gift_card
from dashboard.site import staff_site

_SHOWN = 4  # the last characters, by which a customer on the phone can name a card


@admin.register(GiftCard, site=staff_site)
class GiftCardAdmin(SaleorModelAdmin):
    """Cards, what is left on them, and issuing a new one."""

    required_permission = "giftcard.manage_gift_card"
    list_display = ("masked", "left", "issued_over", "is_active", "end_date", "last_used_on")
    list_display_links = ("masked",)
    list_filter = ("is_active",)
    search_fields = ("code",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Last 4 characters, or the whole code"
    ordering = ("-created",)
    fields = (("masked", "is_active"), ("left", "issued_over"), ("end_date", "last_used_on"))
    readonly_fields = ("masked", "left", "issued_over", "last_used_on")
    add_fieldsets = ((None, {"fields": (("initial_balance_amount", "end_date"),)}),)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[GiftCard], search_term: str
    ) -> tuple[QuerySet[GiftCard], bool]:
        """Find by what is shown or by the whole code: any other part would let codes be guessed."""
        term = search_term.strip().upper()
        if not term:
            return queryset, False
        match = Q(code__iexact=term)
        if len(term) == _SHOWN:
            match |= Q(code__iendswith=term)
        return queryset.filter(match), False

    def save_model(self, request: HttpRequest, obj: GiftCard, form: Any, change: bool) -> None:
        """Issue a card and show its code this once; later only its state and end change."""
        if change:
            obj.save(update_fields=["is_active", "end_date"])
            return
        card = issue_gift_card(amount=obj.initial_balance_amount, end_date=obj.end_date)
        obj.pk = card.pk
        messages.warning(request, f"Write the code down, it is not shown again: {card.code}")

    @display(description="Code")
    def masked(self, card: GiftCard) -> str:
        """Return the code with all but its last characters hidden."""
        return str(card.display_code)

    @display(description="Left", ordering="current_balance_amount")
    def left(self, card: GiftCard) -> str:
        """Return what can still be spent."""
        return show_money(card.current_balance_amount, card.currency)

    @display(description="Issued over", ordering="initial_balance_amount")
    def issued_over(self, card: GiftCard) -> str:
        """Return what the card was worth at first."""
        return show_money(card.initial_balance_amount, card.currency)

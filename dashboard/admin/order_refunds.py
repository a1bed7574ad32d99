"""The refunds of an order, as they stand on its page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from dashboard.admin.order_parts import OrderPart
from dashboard.admin.show import show_money, show_time
from plugins.ordering.models import Refund, RefundStatus

_REFUND_COLOURS = {
    RefundStatus.ASKED.label: "warning",
    RefundStatus.PENDING.label: "info",
    RefundStatus.SUCCEEDED.label: "success",
    RefundStatus.FAILED.label: "danger",
}


class RefundInline(OrderPart):
    """Money that went back, or is about to, with the reason."""

    model = Refund
    fields = readonly_fields = ("asked", "sum", "why", "how_far", "shelf", "who")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        """Return the refunds with who asked for them."""
        return super().get_queryset(request).select_related("asked_by")

    @display(description="Asked")
    def asked(self, refund: Refund) -> str:
        """Return when somebody asked for it."""
        return show_time(refund.created_at)

    @display(description="Amount")
    def sum(self, refund: Refund) -> str:
        """Return what goes back."""
        return show_money(refund.amount_value, refund.currency)

    @display(description="Reason")
    def why(self, refund: Refund) -> str:
        """Return the reason that was given."""
        return refund.reason

    @display(description="State", label=_REFUND_COLOURS)
    def how_far(self, refund: Refund) -> str:
        """Return how far the money has got."""
        return str(RefundStatus(refund.state).label)

    @display(description="Back into stock")
    def shelf(self, refund: Refund) -> str:
        """Return whether staff said that the pieces go back into stock."""
        return "Yes" if refund.restock else "No"

    @display(description="By")
    def who(self, refund: Refund) -> str:
        """Return who asked; the shop itself when nobody is named."""
        return str(refund.asked_by.email) if refund.asked_by else "The shop"

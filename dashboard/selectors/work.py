"""The kinds of work there are, each with its list: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from saleor.account.models import User
from saleor.product.models import Product

from dashboard.roles import MANAGE_STOCK, PACK_ORDERS
from dashboard.selectors import orders
from dashboard.selectors.guides import guides_due_for_review
from dashboard.selectors.lateness import late
from dashboard.selectors.stock import low_stock, out_of_stock, stock_with_availability
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.stripe_payments.models import EventState, StrayPayment, StripeEvent
from product_content.models import Guide

MANAGE_ORDERS = "order.manage_orders"
_MANAGE_PRODUCTS = "product.manage_products"


@dataclass(frozen=True)
class WorkItem:
    """One number on the first page, None if nobody knows it. `urgent`: someone has to act."""

    label: str
    number: int | None
    hint: str
    icon: str
    url: str
    urgent: bool = False


@dataclass(frozen=True)
class Work:
    """A kind of work: `rows` are those of the list at `page` with `query`.

    `permission` is the one that opens the page; whoever also has `unless` has a better one.
    """

    label: str
    hint: str
    icon: str
    permission: str
    page: str
    rows: Callable[[], QuerySet]
    query: str = ""
    is_trouble: bool = False
    unless: str = ""

    def is_for(self, user: User) -> bool:
        """Say whether it is part of this person's work."""
        return user.has_perm(self.permission) and not (self.unless and user.has_perm(self.unless))

    def counted(self) -> WorkItem:
        """Return it with its number; one query."""
        number = self.rows().count()
        url = reverse(self.page) + (f"?{self.query}" if self.query else "")
        urgent = self.is_trouble and number > 0
        return WorkItem(self.label, number, self.hint, self.icon, url, urgent)


def _orders(
    work: str, label: str, hint: str, icon: str, which: Callable[[], Q], *, is_trouble: bool = False
) -> Work:
    page = "admin:order_order_changelist"
    rows = _orders_that(which)
    return Work(label, hint, icon, MANAGE_ORDERS, page, rows, f"work={work}", is_trouble)


def _orders_that(which: Callable[[], Q]) -> Callable[[], QuerySet]:
    return lambda: orders.orders_with_payment().filter(which())


_STOCK = "admin:dashboard_stockitem_changelist"
# In the order of a working day. Each is counted by itself: conditions that the database can
# answer from the few open orders, where one statement for all of them would read every order.
WORK = (
    _orders("to_pack", "To pack", "Paid, not sent yet", "package_2", lambda: orders.TO_PACK),
    Work(
        "To pack", "Paid, not sent yet", "package_2", PACK_ORDERS, "staff-packing",
        _orders_that(lambda: orders.TO_PACK), unless=MANAGE_ORDERS,
    ),
    _orders("late", "Late", "Should have left by now", "alarm", late, is_trouble=True),
    Work(
        "Late", "Should have left by now", "alarm", PACK_ORDERS, "staff-packing",
        _orders_that(late), "late=1", is_trouble=True, unless=MANAGE_ORDERS,
    ),
    _orders(
        "attention", "Needs attention", "Look at these first", "flag",
        lambda: orders.NEEDS_ATTENTION, is_trouble=True,
    ),
    _orders(
        "waiting", "Waiting for payment", "Stock is held for these", "hourglass_top",
        lambda: orders.WAITING_FOR_PAYMENT,
    ),
    _orders(
        "return_arrived", "Returns", "Came in, to be looked at", "assignment_return",
        lambda: orders.RETURN_ARRIVED,
    ),
    _orders("today", "Orders today", "Placed since midnight", "today", orders.placed_today),
    Work(
        "Failed e-mails", "Given up after several tries", "unsubscribe", MANAGE_ORDERS,
        "admin:order_emails_outgoingemail_changelist",
        lambda: OutgoingEmail.objects.filter(state=EmailState.DEAD), "state__exact=dead",
        is_trouble=True,
    ),
    Work(
        "Stray payments", "Paid, and no order fits", "help", MANAGE_ORDERS,
        "admin:stripe_payments_straypayment_changelist", StrayPayment.objects.all, is_trouble=True,
    ),
    Work(
        "Given-up events", "What Stripe told could not be worked on", "sync_problem",
        MANAGE_ORDERS, "admin:stripe_payments_stripeevent_changelist",
        lambda: StripeEvent.objects.filter(state=EventState.DEAD), is_trouble=True,
    ),
    Work(
        "Low stock", "At its reorder point, or out", "inventory_2", MANAGE_STOCK, _STOCK,
        lambda: low_stock(stock_with_availability()), "level=low", is_trouble=True,
    ),
    Work(
        "Out of stock", "Nobody can buy these", "production_quantity_limits", MANAGE_STOCK, _STOCK,
        lambda: out_of_stock(stock_with_availability()), "level=out", is_trouble=True,
    ),
    Work(
        "Guides to review", "A clinician should look at these", "stethoscope", _MANAGE_PRODUCTS,
        "admin:product_content_guide_changelist", guides_due_for_review, "review=due",
    ),
    Work(
        "Draft guides", "Nobody can read these yet", "edit_document", _MANAGE_PRODUCTS,
        "admin:product_content_guide_changelist",
        lambda: Guide.objects.filter(is_published=False), "is_published__exact=0",
    ),
    Work(
        "Hidden products", "Nobody can see these", "visibility_off", _MANAGE_PRODUCTS,
        "admin:product_product_changelist",
        lambda: Product.objects.filter(is_published=False), "is_published__exact=0",
    ),
)  # fmt: skip

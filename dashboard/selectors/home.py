"""The first page: the kinds of work there are, each with its list, and the sales of each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from saleor.account.models import User
from saleor.order.models import Order
from saleor.payment.models import Payment
from saleor.product.models import Product

from dashboard.models import ErrorReport
from dashboard.roles import MANAGE_STOCK, MODERATE_REVIEWS, PACK_ORDERS, VIEW_ACCESS_LOG
from dashboard.selectors import orders
from dashboard.selectors.catalogue import guides_due_for_review
from dashboard.selectors.orders import CANCELLED, DISPUTED, is_late, orders_with_payment
from dashboard.selectors.stock import is_check_old, latest_check, stock_with_availability
from plugins.inventory.quantities import low_stock, out_of_stock
from plugins.order_emails.models import CustomerMessage, EmailState, OutgoingEmail
from plugins.ordering.models import Dispute, DisputeState
from plugins.stripe_payments.models import EventState, StripeEvent, UnmatchedPayment
from product_content.languages import midnight
from product_content.models import Guide, Review, ReviewState

MANAGE_ORDERS = "order.manage_orders"
_MANAGE_PRODUCTS = "product.manage_products"


@dataclass(frozen=True)
class WorkItem:
    """One number on the first page, None if it is not known. `urgent`: someone has to act."""

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


def _order_work(
    work: str, label: str, hint: str, icon: str, which: Callable[[], Q], *, is_trouble: bool = False
) -> Work:
    page = "admin:order_order_changelist"
    rows = _orders_where(which)
    return Work(label, hint, icon, MANAGE_ORDERS, page, rows, f"work={work}", is_trouble)


def _orders_where(which: Callable[[], Q]) -> Callable[[], QuerySet]:
    return lambda: orders.orders_with_payment().filter(which())


def recent() -> Q:
    """Return the condition for error reports of the last day."""
    return Q(last_at__gte=timezone.now() - timedelta(days=1))


_STOCK = "admin:dashboard_stockitem_changelist"
# In the order of a working day. Each is counted by a query of its own, which the database can
# answer from the few open orders, where one statement for all of them would read every order.
WORK = (
    _order_work("to_pack", "To pack", "Paid, not sent yet", "package_2", lambda: orders.TO_PACK),
    Work(
        "To pack", "Paid, not sent yet", "package_2", PACK_ORDERS, "staff-packing",
        _orders_where(lambda: orders.TO_PACK), unless=MANAGE_ORDERS,
    ),
    _order_work("late", "Late", "Should have left by now", "alarm", is_late, is_trouble=True),
    Work(
        "Late", "Should have left by now", "alarm", PACK_ORDERS, "staff-packing",
        _orders_where(is_late), "late=1", is_trouble=True, unless=MANAGE_ORDERS,
    ),
    _order_work(
        "attention", "Needs attention", "Look at these first", "flag",
        lambda: orders.NEEDS_ATTENTION, is_trouble=True,
    ),
    _order_work(
        "waiting", "Waiting for payment", "Stock is held for these", "hourglass_top",
        lambda: orders.WAITING_FOR_PAYMENT,
    ),
    _order_work(
        "large", "Large, not paid", "Many pieces are held for these", "inventory",
        orders.large_and_unpaid, is_trouble=True,
    ),
    _order_work(
        "return_arrived", "Returns", "Came in, to be looked at", "assignment_return",
        lambda: orders.RETURN_ARRIVED,
    ),
    _order_work("today", "Orders today", "Placed since midnight", "today", orders.placed_today),
    Work(
        "Messages", "From customers, to be answered", "chat", MANAGE_ORDERS,
        "admin:order_emails_customermessage_changelist",
        lambda: CustomerMessage.objects.filter(answered_at=None, closed_at=None), "answered=no",
    ),
    Work(
        "Reviews", "From customers, to be read", "reviews", MODERATE_REVIEWS,
        "admin:product_content_review_changelist",
        lambda: Review.objects.filter(state=ReviewState.WAITING), "state__exact=waiting",
    ),
    Work(
        "Failed e-mails", "Given up after several tries", "unsubscribe", MANAGE_ORDERS,
        "admin:order_emails_outgoingemail_changelist",
        lambda: OutgoingEmail.objects.filter(state=EmailState.DEAD), "state__exact=dead",
        is_trouble=True,
    ),
    Work(
        "Unmatched payments", "Paid, and no order fits", "help", MANAGE_ORDERS,
        "admin:stripe_payments_unmatchedpayment_changelist", UnmatchedPayment.objects.all,
        is_trouble=True,
    ),
    Work(
        "Given-up events", "Events of Stripe that could not be processed", "sync_problem",
        MANAGE_ORDERS, "admin:stripe_payments_stripeevent_changelist",
        lambda: StripeEvent.objects.filter(state=EventState.DEAD), is_trouble=True,
    ),
    Work(
        "What went wrong", "Errors, failed tasks and slow pages of the last day", "error",
        VIEW_ACCESS_LOG, "admin:dashboard_errorreport_changelist",
        lambda: ErrorReport.objects.filter(recent()), "when=day", is_trouble=True,
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


def work_for(user: User) -> list[WorkItem]:
    """Return what this person may open; a query for each number."""
    return [work.counted() for work in WORK if work.is_for(user)] + list(_ledger_item(user))


def _ledger_item(user: User) -> Iterator[WorkItem]:
    if not user.has_perm(MANAGE_STOCK):
        return
    check, url = latest_check(), reverse("admin:inventory_ledgercheck_changelist")
    if check is None:
        yield WorkItem("Stock ledger", None, "Not checked yet; every ten minutes", "balance", url)
        return
    at = date_format(timezone.localtime(check.at), "j M, H:i")
    said = "Differs from the stock" if check.differences else "Agrees with the stock"
    urgent = bool(check.differences) or is_check_old(check)
    yield WorkItem("Stock ledger", check.differences, f"{said}, {at}", "balance", url, urgent)


SALES_DAYS = 30


@dataclass(frozen=True)
class DayOfSales:
    """Paid and not cancelled orders of one day, and their payments less refunds."""

    day: date
    orders: int
    taken: Decimal


def sales_by_day() -> list[DayOfSales]:
    """Return the last 30 days with today, oldest first; one query.

    An order whose payment a bank looks into, or took back, does not count, and what was lost of
    others is taken off. A refund is taken off the day of its order. Gift cards are money that was
    taken before, so the part of an order that they pay is not in `taken`.
    """
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(SALES_DAYS))]
    found = {day: (orders, taken) for day, orders, taken in _paid_orders_since(days[0])}
    return [DayOfSales(day, *found.get(day, (0, Decimal(0)))) for day in days]


def _paid_orders_since(first: date) -> QuerySet[Order]:
    paid = orders_with_payment().filter(
        created__gte=midnight(first), settled=True, currency=settings.DEFAULT_CURRENCY
    )
    return (
        paid.exclude(CANCELLED)
        .exclude(DISPUTED)
        .annotate(day=TruncDate("created"), kept=_captured_amount() - _lost_amount())
        .order_by("day")
        .values("day")
        .annotate(orders=Count("pk"), taken=Sum("kept"))
        .values_list("day", "orders", "taken")
    )


def _lost_amount() -> Coalesce:
    """Return what banks took back of an order's payments in the end."""
    lost = Dispute.objects.filter(payment__order=OuterRef("pk"), state=DisputeState.LOST)
    total = lost.order_by().values("payment__order").annotate(total=Sum("amount_value"))
    return Coalesce(Subquery(total.values("total")), Decimal(0), output_field=DecimalField())


def _captured_amount() -> Coalesce:
    """Return the captured sum of an order's payments; Saleor lowers it with each refund."""
    payments = Payment.objects.filter(order=OuterRef("pk")).order_by().values("order")
    total = payments.annotate(total=Sum("captured_amount")).values("total")
    return Coalesce(Subquery(total), Decimal(0), output_field=DecimalField())

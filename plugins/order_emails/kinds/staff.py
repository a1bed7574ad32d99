"""E-mails to the shop's own staff: short, and without what was bought."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plugins.order_emails.kinds.base import (
    Audience,
    Context,
    Placeholder,
    Texts,
    email,
    link,
    stock_of,
)
from plugins.order_emails.kinds.orders import NUMBER, order_of
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.policies import NoRecipient
from plugins.ordering.totals import price_of_order
from product_content.money import format_money, sample_money


@email(
    title=_("New order"),
    audience=Audience.STAFF,
    texts=Texts(
        subject=_("New order {number}"),
        preheader=_("It is paid and can be packed."),
        heading=_("Order {number} is paid"),
        opening=_("{pieces} pieces, {total}. It can be packed."),
        button=_("Open the order"),
    ),
    placeholders={
        "number": NUMBER,
        "pieces": Placeholder(_("how many pieces are in it"), "2"),
        "total": Placeholder(_("what was paid"), sample_money("101.50")),
    },
)
def new_order(row: OutgoingEmail) -> Context:
    """Tell staff that there is an order to pack."""
    order = order_of(row)
    return _about(order) | {
        "pieces": str(sum(order.lines.values_list("quantity", flat=True))),
        "total": format_money(price_of_order(order)),
    }


@email(
    title=_("A payment needs attention"),
    audience=Audience.STAFF,
    texts=Texts(
        subject=_("Payment of {what}: please look"),
        preheader=_("Somebody must decide."),
        heading=_("A payment needs attention"),
        opening=_(
            "It is about {what}: {why}. Its history says more. Please look before anything is sent."
        ),
        button=_("Open"),
    ),
    placeholders={
        "what": Placeholder(_("the order, or “no order of ours”"), _("order 1042"), required=True),
        "why": Placeholder(_("the reason in a few words"), _("paid twice")),
    },
)
def payment_attention(row: OutgoingEmail) -> Context:
    """Tell staff that money came, went or is disputed in a way that nobody planned."""
    why = row.event.partition(":")[0].replace("_", " ")
    if row.order is None:
        return {"what": _("no order of ours"), "why": why, "url": link(reverse("admin:index"))}
    what = _("order %(number)s") % {"number": row.order.pk}
    return {"what": what, "why": why, "url": _page(row.order)}


@email(
    title=_("Low stock"),
    audience=Audience.STAFF,
    texts=Texts(
        subject=_("A stock notice"),
        preheader=_("It is time to reorder."),
        heading=_("{sku} is running low"),
        opening=_("{available} pieces are left to sell at {place}."),
        button=_("Open the stock list"),
    ),
    placeholders={
        "sku": Placeholder(_("the article number"), "ST-104", required=True),
        "available": Placeholder(_("pieces that no order has reserved"), "3"),
        "place": Placeholder(_("the name of the warehouse"), _("Main store")),
    },
)
def low_stock(row: OutgoingEmail) -> Context:
    """Tell staff that a stock has come down to its reorder point."""
    stock = stock_of(row.about)
    if stock is None:
        raise NoRecipient
    return {
        "sku": stock.product_variant.sku,
        "available": str(stock.available_quantity),
        "place": stock.warehouse.name,
        "url": link(reverse("admin:dashboard_stockitem_changelist")),
    }


@email(
    title=_("A message from a customer"),
    audience=Audience.STAFF,
    texts=Texts(
        subject=_("A message to answer"),
        preheader=_("It is on the staff pages."),
        heading=_("Somebody wrote to the shop"),
        opening=_("What they wrote, and where they want the answer, is on the staff pages only."),
        button=_("Open the message"),
    ),
)
def customer_message(row: OutgoingEmail) -> Context:
    """Tell staff that there is a message, and nothing of what is in it."""
    number = row.about.rpartition("-")[2]
    page = "admin:order_emails_customermessage_"
    path = reverse(f"{page}change", args=[number]) if number else reverse(f"{page}changelist")
    return {"url": link(path)}  # a preview is of no message, and leads to their list


def _about(order: Any) -> Context:
    return {"number": str(order.pk), "url": _page(order)}


def _page(order: Any) -> str:
    return link(reverse("admin:order_order_change", args=[order.pk]))

"""E-mails about an order itself: confirmed, changed, cancelled, new link; and what they list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.lists import format_list
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from saleor.order.models import Fulfillment, FulfillmentLine, Order, OrderLine

from plugins.order_emails.kinds.base import (
    Audience,
    Context,
    Kind,
    Placeholder,
    Texts,
    email,
    was_moved,
    was_paid,
)
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.policies import NoRecipient
from plugins.order_emails.texts import day
from plugins.ordering.addresses import address_lines, sample_address
from plugins.ordering.email_promises import MessagePromise, message_promise
from plugins.ordering.links import order_link
from plugins.ordering.totals import Totals, price_of_order, totals_of_order
from product_content.languages import locale_of, translated_text
from product_content.models import SetSize, Size
from product_content.money import format_money, sample_money


def delivery_lines(order: Order, promise: MessagePromise) -> list[str]:
    """Return where the parcel goes, line by line, as the Contract or else the order says."""
    address = order.shipping_address
    lines = address_lines(address, with_name=True, with_company=True, with_country=True)
    return list(promise.address or lines)


_LINES = OrderLine.objects.select_related("variant__product", "variant__single_size__size")
_SET_SIZES = SetSize.objects.select_related("size")


def read_lines(orders: Iterable[Order]) -> None:
    """Read along what e-mails list of these orders, where it was not read; two statements."""
    prefetch_related_objects(
        list(orders),
        Prefetch("lines", queryset=_LINES.all()),
        Prefetch("lines__variant__product__set_sizes", queryset=_SET_SIZES.all()),
    )


def read_batch(rows: Iterable[OutgoingEmail]) -> None:
    """Read the lines for all confirmations among rows that are sent together."""
    kind = order_confirmed.__name__
    read_lines(row.order for row in rows if row.kind == kind and row.order)


def order_lines(order: Order, locale: Locale) -> list[dict[str, Any]]:
    """Return what was bought: name, sizes in words, pieces and price of each line."""
    lines = list(order.lines.all())
    return _rows([(line, line.quantity) for line in lines], locale)


def sent_lines(parcels: Iterable[Fulfillment], locale: Locale) -> list[dict[str, Any]]:
    """Return what is in these parcels, in the same form."""
    rows = FulfillmentLine.objects.filter(fulfillment__in=parcels).order_by("pk")
    rows = rows.select_related(
        "order_line__variant__product", "order_line__variant__single_size__size"
    ).prefetch_related(
        Prefetch("order_line__variant__product__set_sizes", queryset=_SET_SIZES.all())
    )
    return _rows([(row.order_line, row.quantity) for row in rows], locale)


def _rows(lines: list[tuple[OrderLine, int]], locale: Locale) -> list[dict[str, Any]]:
    return [
        {
            "name": line.translated_product_name or translated_text(line.product_name),
            "sizes": _size_words(_sizes_of(line), locale),
            "quantity": quantity,
            "total": format_money(line.unit_price_gross * quantity, locale),
        }
        for line, quantity in lines
    ]


def _sizes_of(line: OrderLine) -> list[Size]:
    """Return the sizes of a line: one of a single, all of a set."""
    if line.variant is None:
        return []
    if single := getattr(line.variant, "single_size", None):
        return [single.size]
    return [each.size for each in line.variant.product.set_sizes.all()]


def _size_words(sizes: list[Size], locale: Locale) -> str:
    words = [f"{size.number} ({size.diameter_mm} mm)" for size in sizes]
    if not words:
        return ""
    text = ngettext("Size %(sizes)s", "Sizes %(sizes)s", len(words))
    return text % {"sizes": format_list(words, locale=locale)}


def order_sums(totals: Totals, locale: Locale) -> list[tuple[str, str]]:
    """Return the rows above the total: label and amount; what is zero is left out."""
    taken_off = ((one.name, one.amount) for one in totals.discounts)
    return [
        (gettext("Items"), format_money(totals.subtotal, locale)),
        (gettext("Delivery"), format_money(totals.delivery, locale)),
        *((label, format_money(-1 * off, locale)) for label, off in taken_off if off.amount),
    ]


def _paid_by(totals: Totals, locale: Locale) -> list[tuple[str, str]]:
    """Return the rows below the total: what gift cards paid, and what was paid otherwise."""
    if not totals.gift_cards:
        return []
    cards = ((gettext("Gift card"), -1 * card.amount) for card in totals.gift_cards)
    rows = [*cards, (gettext("Paid otherwise"), totals.due)]
    return [(label, format_money(amount, locale)) for label, amount in rows]


def _total(totals: Totals, locale: Locale) -> str:
    """Return the price of everything, and what of it is VAT, where the shop has any."""
    total, tax = format_money(totals.total, locale), totals.tax
    if not tax.amount:
        return total
    amounts = {"total": total, "tax": format_money(tax, locale)}
    return gettext("%(total)s, with %(tax)s of VAT in it") % amounts


NUMBER = Placeholder(_("the order's number"), "1042", required=True)
PARCEL_SENDER = Placeholder(_("the sender's name on the parcel"), "Stillwater")
SEE_ORDER = _("See your order")
SAMPLE_ADDRESS = sample_address()
# Plain words in place of articles: a preview is looked at over somebody's shoulder too.
SAMPLE_LINES = [{"name": "Plain box", "sizes": "", "quantity": 2, "total": sample_money("98.00")}]


def order_of(row: OutgoingEmail) -> Any:
    """Return the row's order; raises NoRecipient when it is gone."""
    if row.order is None:
        raise NoRecipient
    return row.order


def promise_of(row: OutgoingEmail) -> MessagePromise:
    """Return what was promised for this e-mail of its order."""
    return message_promise(order_of(row), row.kind)


def order_url(order: Any) -> str:
    """Return a fresh link that opens the customer's page of an order."""
    return order_link(order=order)


def order_context(row: OutgoingEmail) -> tuple[Any, Locale, Context]:
    """Return the order, its locale, and what every e-mail about it can say."""
    order = order_of(row)
    values: dict[str, Any] = {"number": str(order.pk), "url": order_url(order)}
    return order, locale_of(order.language_code), values


@email(
    title=_("Order received and paid"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Thank you for your order"),
        opening=_(
            "Your order {number}, placed on {placed_on}, is confirmed.\n\n"
            "We pack your order in a plain parcel. The sender’s name on it is {parcel_sender}, "
            "and nothing on the outside says what is inside."
        ),
        button=SEE_ORDER,
    ),
    placeholders={
        "number": NUMBER,
        "placed_on": Placeholder(_("the day of the order"), "22 November 2026"),
        "parcel_sender": PARCEL_SENDER,
    },
    details={
        "lines": SAMPLE_LINES,
        "sums": [("Items", sample_money("98.00")), ("Delivery", sample_money("3.50"))],
        "total": sample_money("101.50"),
        "paid_by": [],
        "delivery_name": "Tracked",
        "address": SAMPLE_ADDRESS,
    },
)
def order_confirmed(row: OutgoingEmail) -> Context:
    """Confirm a paid order, on a durable medium as the law asks."""
    order, promise = order_of(row), promise_of(row)
    read_lines([order])
    locale, totals = locale_of(order.language_code), totals_of_order(order)
    return order_context(row)[2] | {
        "placed_on": day(order.created, locale),
        "parcel_sender": promise.parcel_sender,
        "lines": order_lines(order, locale),
        "sums": order_sums(totals, locale),
        "total": _total(totals, locale),
        "paid_by": _paid_by(totals, locale),
        "delivery_name": translated_text(order.shipping_method_name or ""),
        "address": delivery_lines(order, promise),
    }


@email(
    title=_("Changed by us"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} was changed"),
        opening=_("We changed {what}. Your order’s page shows how it stands now."),
        button=SEE_ORDER,
        closing=_("Did you not expect this? Please answer this e-mail."),
    ),
    placeholders={
        "number": NUMBER,
        "what": Placeholder(_("what was changed"), _("where it goes")),
    },
)
def changed(row: OutgoingEmail) -> Context:
    """Tell the customer that somebody at the shop changed their order."""
    order, _locale, values = order_context(row)
    moved = was_moved(order.pk, row.event)
    what = gettext("where it goes") if moved else gettext("something in it")
    return values | {"what": what}


@email(
    title=_("Cancelled"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} is cancelled"),
        opening=_("Nothing of it will be sent. {money_note}"),
        button=SEE_ORDER,
    ),
    placeholders={
        "number": NUMBER,
        "money_note": Placeholder(
            _("what becomes of the payment"),
            _("What you paid goes back the way it came; we write again when it is on its way."),
            required=True,
        ),
    },
)
def cancelled(row: OutgoingEmail) -> Context:
    """Tell the customer that their order is off, and what becomes of their money."""
    order, _locale, values = order_context(row)
    note = (
        gettext("What you paid goes back the way it came; we write again when it is on its way.")
        if was_paid(order.pk) and price_of_order(order).amount
        else gettext("Nothing was charged.")
    )
    return values | {"money_note": note}


@email(
    title=_("New link to an order"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Here is your link"),
        opening=_("You asked for a new link to your order {number}."),
        button=SEE_ORDER,
        closing=_("If it was not you, you can ignore this e-mail."),
    ),
    placeholders={"number": NUMBER},
)
def new_link(row: OutgoingEmail) -> Context:
    """Send a fresh link to the page of an order."""
    return order_context(row)[2]


def _link(row: OutgoingEmail) -> Context:
    return {"url": order_url(order_of(row))}


# In place of every kind for those who want e-mails that only link to their order.
LINK_TO_ORDER = Kind(
    name="link_to_order",
    title=_("A link only"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("There is news"),
        opening=_("The page behind this link says what it is."),
        button=SEE_ORDER,
    ),
    context=_link,
)

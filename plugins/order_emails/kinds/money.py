"""E-mails about paying for an order, and about money that went back."""

from __future__ import annotations

from babel import Locale
from babel.dates import format_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plugins.order_emails.kinds.base import (
    Audience,
    Context,
    Placeholder,
    Texts,
    email,
    is_cancelled,
    link,
    was_declined,
)
from plugins.order_emails.kinds.orders import NUMBER, SEE_ORDER, order_context, order_of
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.texts import clock, day
from plugins.ordering.models import ACTIVE, BOOKED, CardKind, GiftCardSale, PaymentSession, Refund
from plugins.ordering.order_state import is_paid
from plugins.ordering.outcomes import UNNEEDED_REFUND_PREFIX
from plugins.ordering.payment_recording import is_processing
from plugins.ordering.sold_cards import sale_of
from product_content.languages import prefix
from product_content.money import format_money, sample_money

REFUND = "refund-"  # begins the dedup_key; the refund's id follows
_DECLINED = _(
    "The payment did not work, and nothing was taken. That happens, often because a bank "
    "asks for one more step."
)
_BY_BANK = _("It goes the way it came. Most banks show it within five to ten working days.")
_NOT_FINISHED = _("The payment was not finished, and nothing was taken.")

BANK_REFUSED = "bank-refused"  # dedup_key of the e-mail after a bank debit that failed
_TOO_LATE = _("It was not paid in time.")
_BANK_REFUSED = _("Your bank did not make the payment.")


def _still_unpaid(row: OutgoingEmail) -> bool:
    order = order_of(row)
    return not (is_cancelled(order) or is_paid(order) or is_processing(order.pk))


def _still_released(row: OutgoingEmail) -> bool:
    return is_cancelled(order_of(row))


@email(
    title=_("Payment failed or still needed"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} is not paid yet"),
        opening=_(
            "{why}\n\n"
            "We hold the order for you until {held_until}. You can pay on its page, "
            "the same way or another."
        ),
        button=_("Pay for your order"),
        closing=_("Do you not want it any more? Then you need not do anything."),
    ),
    placeholders={
        "number": NUMBER,
        "held_until": Placeholder(_("until when it is held"), "14:35"),
        "why": Placeholder(_("why it is not paid: declined, or not finished"), _NOT_FINISHED),
    },
    is_needed=_still_unpaid,
)
def payment_needed(row: OutgoingEmail) -> Context:
    """Tell the customer that the order waits for its payment."""
    order, _locale, values = order_context(row)
    sessions = PaymentSession.objects.filter(order=order, state__in=ACTIVE)
    end = sessions.values_list("expires_at", flat=True).first()
    return values | {
        "held_until": clock(end) if end else gettext("a little longer"),
        "why": str(_DECLINED if was_declined(order.pk) else _NOT_FINISHED),
    }


@email(
    title=_("Link to pay, of an order that staff placed"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} can be paid"),
        opening=_(
            "We placed your order {number}, as you asked us. Please look at it on its page, and "
            "pay there.\n\n"
            "We hold everything for you until {held_until}. After that the link still opens, and "
            "nothing is charged."
        ),
        button=_("Pay for your order"),
        closing=_("Do you want something changed? Please answer this e-mail."),
    ),
    placeholders={
        "number": NUMBER,
        "held_until": Placeholder(
            _("until when it is held"), _("14:35 on 22 November 2026"), required=True
        ),
    },
    is_needed=_still_unpaid,
)
def pay_by_link(row: OutgoingEmail) -> Context:
    """Send the link by which a customer pays what staff ordered for them."""
    order, locale, values = order_context(row)
    sessions = PaymentSession.objects.filter(order=order, state__in=ACTIVE)
    end = sessions.values_list("expires_at", flat=True).first()
    when = {"time": clock(end), "day": day(end, locale)} if end else {}
    until = gettext("%(time)s on %(day)s") % when if end else gettext("a little longer")
    return values | {"held_until": until}


@email(
    title=_("Order that staff placed, released unpaid"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("We no longer hold your order {number}"),
        opening=_(
            "It was not paid in time, so what was in it is free for others again. Nothing was "
            "charged.\n\n"
            "Do you still want it? Please answer this e-mail, and we place it once more."
        ),
        button=SEE_ORDER,
    ),
    placeholders={"number": NUMBER},
    is_needed=_still_released,
)
def link_ended(row: OutgoingEmail) -> Context:
    """Tell the customer that an order which staff placed for them is over."""
    return order_context(row)[2]


@email(
    title=_("Released unpaid"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("We no longer hold your order {number}"),
        opening=_(
            "{why} So what was in it is free for others again. Nothing was charged.\n\n"
            "Do you still want it? Your basket is as you left it, in the browser you used."
        ),
        button=_("Open your basket"),
    ),
    placeholders={
        "number": NUMBER,
        "why": Placeholder(_("why it is over: not paid in time, or the bank refused"), _TOO_LATE),
    },
    is_needed=_still_released,
)
def released(row: OutgoingEmail) -> Context:
    """Tell the customer that an unpaid order is over."""
    order, _locale, values = order_context(row)
    why = _BANK_REFUSED if row.event == BANK_REFUSED else _TOO_LATE
    return values | {"url": link(f"{prefix(order.language_code)}/basket/"), "why": str(why)}


_AT_ONCE = _("We have sent the gift card to the address that you named.")
_ON_A_DAY = _("We send the gift card to the address that you named on {day}.")
_TO_PRINT = _("Your gift card stands on the order’s page: open it there, and print it or copy it.")


def _is_card_sold(row: OutgoingEmail) -> bool:
    return sale_of(order_of(row).pk) is not None


@email(
    title=_("Gift card paid"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Thank you for your order"),
        opening=_(
            "We have your payment of {total} for order {number}, placed on {placed_on}.\n\n"
            "{what_now}"
        ),
        button=SEE_ORDER,
    ),
    placeholders={
        "number": NUMBER,
        "placed_on": Placeholder(_("the day of the order"), "22 November 2026"),
        "total": Placeholder(_("what was paid"), sample_money("50.00")),
        "what_now": Placeholder(_("how the gift card gets to whom it is for"), _AT_ONCE),
    },
    is_needed=_is_card_sold,
)
def gift_card_bought(row: OutgoingEmail) -> Context:
    """Confirm to its buyer that a gift card is paid, on a durable medium as the law asks."""
    order, locale, values = order_context(row)
    return values | {
        "placed_on": day(order.created, locale),
        "total": format_money(order.total_gross, locale),
        "what_now": _what_now(sale_of(order.pk), locale),
    }


def _what_now(sale: GiftCardSale | None, locale: Locale) -> str:
    if sale is None or sale.kind == CardKind.PRINT:
        return str(_TO_PRINT)
    if sale.sent_at is None and sale.not_before:
        return str(_ON_A_DAY).format(day=format_date(sale.not_before, "long", locale=locale))
    return str(_AT_ONCE)


@email(
    title=_("Payment refunded"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("We have sent {amount} back to you"),
        opening=_("{why}\n\n{how}"),
        button=SEE_ORDER,
    ),
    placeholders={
        "number": Placeholder(_("the order's number"), "1042"),
        "amount": Placeholder(_("what goes back"), sample_money("24.50"), required=True),
        "why": Placeholder(
            _("which order it belongs to, and why"), _("It belongs to your order 1042.")
        ),
        "how": Placeholder(_("where it goes, and when it is there"), _BY_BANK),
    },
)
def payment_refunded(row: OutgoingEmail) -> Context:
    """Tell the customer about one refund. Staff's reason is not in it: it is theirs."""
    refund = Refund.objects.get(pk=int(row.event.removeprefix(REFUND)))
    order, locale, values = order_context(row)
    return values | {
        "amount": format_money(refund.sent_back, locale),
        "why": _why(refund, order.pk),
        "how": _how(refund, locale),
    }


def refund_dedup_keys(order_id: int) -> list[str]:
    """Return one dedup_key per refund of the order by which money went back."""
    booked = Refund.objects.filter(order_id=order_id, state__in=BOOKED, amount_value__gt=0)
    return [f"{REFUND}{pk}" for pk in booked.values_list("pk", flat=True)]


def _how(refund: Refund, locale: Locale) -> str:
    """Return where the money goes; each gift card with what is on it again."""
    parts = [part for part in refund.parts.select_related("gift_card") if part.state in BOOKED]
    cards = [
        gettext("%(amount)s of it is on your gift card ending %(ending)s again.")
        % {"amount": format_money(part.amount, locale), "ending": part.gift_card.code[-4:]}
        for part in parts
        if part.gift_card
    ]
    by_bank = [str(_BY_BANK)] if any(part.payment_id for part in parts) else []
    return " ".join([*cards, *by_bank])


def _why(refund: Refund, number: int) -> str:
    if refund.key.startswith(UNNEEDED_REFUND_PREFIX):
        text = gettext(
            "Your payment for order %(number)s arrived when the order was no longer held for you, "
            "or had been paid already. So we return it in full. You do not have to do anything."
        )
    else:
        text = gettext("It belongs to your order %(number)s.")
    return text % {"number": number}

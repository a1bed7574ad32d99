"""Gift cards that were sold: issued once they are paid, refunded only as far as they are unspent.

Whoever refunds holds the lock of the order, then that of the card: what is being spent meanwhile
waits, and finds what is left.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.models import (
    CardKind,
    CardRefund,
    DisputeState,
    GiftCardMove,
    GiftCardSale,
    Refund,
)
from plugins.ordering.order_state import add_note, flag_locked_order
from plugins.ordering.retention import retention_cutoff
from plugins.ordering.signals import gift_card_issued, order_anonymised, order_paid
from product_content.languages import localized, midnight

_NOTHING = Decimal("0.00")
# 16 characters (Saleor's column) out of 31 that cannot be mistaken for one another: 79 bits.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 16
_GROUP = 4


def _new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def issue_gift_card(
    *, amount: Decimal, end_date: date | None = None, currency: str = ""
) -> GiftCard:
    """Create a gift card over `amount`, in the shop's currency, with a code nobody can guess."""
    return GiftCard.objects.create(
        code=_new_code(),
        currency=currency or settings.DEFAULT_CURRENCY,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        end_date=end_date,
    )


def code_in_groups(card: GiftCard) -> str:
    """Return the code as it is printed; for whoever the card is for, and nobody else."""
    code = card.code
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def sale_of(order_id: int) -> GiftCardSale | None:
    """Return the sale that this order is, or None for an order of goods."""
    return GiftCardSale.objects.select_related("card").filter(order_id=order_id).first()


def connect() -> None:
    """Issue what is paid, and forget whom it was for with the order's person."""
    order_paid.connect(_issue, dispatch_uid="ordering-gift-card-issued")
    order_anonymised.connect(_forget, dispatch_uid="ordering-gift-card-forgotten")


def _issue(sender: object, *, order_id: int, **_more: Any) -> None:
    """Issue the card of a locked order that was paid just now; there is never a second one."""
    sale = GiftCardSale.objects.select_for_update().filter(order_id=order_id, card=None).first()
    if sale is None:
        return
    card = issue_gift_card(amount=sale.amount_value, currency=sale.currency)
    sale.card, sale.issued_at = card, timezone.now()
    sale.save(update_fields=["card", "issued_at"])
    order = Order.objects.get(pk=order_id)
    for line in order.lines.all():
        line.quantity_fulfilled = line.quantity
        line.save(update_fields=["quantity_fulfilled"])
    Order.objects.filter(pk=order_id).update(status=OrderStatus.FULFILLED)
    add_note(order, f"Gift card ending {card.code[-4:]} was issued.")
    gift_card_issued.send(GiftCardSale, sale_id=sale.pk)


@dataclass(frozen=True)
class CardLeft:
    """What a refund of a sold card may still touch, in the order's currency.

    `sold` is what it was sold for less what was refunded, `balance` what is on it.
    """

    sold: Decimal
    balance: Decimal
    ending: str

    def off_card(self, amount: Decimal, left: Decimal) -> Decimal:
        """Return what of a refund is taken off the card; `left` is all the money that is here.

        Money beyond the card's price, as of one that was paid twice, is not on the card.
        """
        return max(amount - max(left - self.sold, _NOTHING), _NOTHING)

    @property
    def spent(self) -> Decimal:
        """What was paid with it."""
        return self.sold - self.balance


def card_left(order_id: int) -> CardLeft | None:
    """Return what of the order's card can be refunded; None where it sold none."""
    sale = sale_of(order_id)
    if sale is None or sale.card is None:
        return None
    gone = CardRefund.objects.filter(refund__order=order_id, given_back=False)
    off = gone.aggregate(sum=Sum("amount_value"))["sum"] or _NOTHING
    return CardLeft(sale.amount_value - off, sale.card.current_balance_amount, sale.card.code[-4:])


def money_off_card(order: Order, amount: Money, left: Money) -> tuple[Decimal, str]:
    """Return what a refund of `amount` takes off the order's sold card, and why it cannot, or "".

    `left` is all the money of the order that has not gone back.
    """
    card = card_left(order.pk)
    if card is None or amount.currency != left.currency:
        return _NOTHING, ""
    off = card.off_card(amount.amount, left.amount)
    if off <= card.balance:
        return off, ""
    return off, (
        f"{card.spent} {amount.currency} of gift card ending {card.ending} was spent or is held "
        f"by an order, so at most {left.amount - card.spent} can go back"
    )


def lock_sold_card(order: Order) -> None:
    """Lock the card that a locked order sold, so that nobody spends it meanwhile."""
    lock_gift_cards(sale__order=order)


def take_off_card(refund: Refund, amount: Decimal) -> None:
    """Take what goes back off the sold card; one with nothing left is made inactive.

    The caller holds the locks of order and card, and has asked `card_left`.
    """
    if not amount:
        return
    (card,) = lock_gift_cards(sale__order=refund.order_id)
    card.current_balance_amount -= amount
    stopped = card.is_active and not card.current_balance_amount
    card.is_active = card.is_active and not stopped
    _save_as_refund(card)
    CardRefund.objects.create(refund=refund, card=card, amount_value=amount, stopped=stopped)


def take_off_what_is_left(refund: Refund, amount: Decimal) -> None:
    """Do so for money that somebody gave back at the provider: it is gone, spent or not."""
    left = card_left(refund.order_id)
    if left is None or not amount:
        return
    take_off_card(refund, min(amount, left.balance))
    if amount > left.balance:
        flag_locked_order(
            refund.order,
            CARD_SPENT,
            f"{amount} {refund.currency} of gift card ending {left.ending} went back at the "
            f"payment provider, and {amount - left.balance} of it was spent before.",
        )


CARD_SPENT = "gift_card_spent"  # a reason of a flag


def stop_disputed_card(order: Order, state: DisputeState, kept: Decimal) -> None:
    """Stop the unspent card of a locked order whose bank asks the money back.

    A dispute that is won lets the card go on that it had stopped, and none that staff stopped. One
    that is lost empties it, but for what `kept`, the money that is still here, has paid for: what
    the bank took is no longer owed to whoever holds the card.
    """
    sale = sale_of(order.pk)
    if sale is None:
        return
    for card in lock_gift_cards(sale=sale, current_balance_amount__gt=0):
        disputed = state != DisputeState.WON
        if card.is_active == disputed and (disputed or sale.stopped_by_dispute):
            card.is_active = not disputed
            sale.stopped_by_dispute = disputed
            sale.save(update_fields=["stopped_by_dispute"])
            what = "stopped" if disputed else "can be spent again"
            add_note(order, f"Gift card ending {card.code[-4:]} {what}: the dispute.")
        if state == DisputeState.LOST:
            card.current_balance_amount = min(card.current_balance_amount, kept)
        _save_as_refund(card)


def put_back_on_card(refund: Refund) -> None:
    """Give a card again what a refund that failed had taken off it."""
    taken = CardRefund.objects.filter(refund=refund, given_back=False).first()
    if taken is None:
        return
    (card,) = lock_gift_cards(pk=taken.card_id)
    card.current_balance_amount += taken.amount_value
    card.is_active = card.is_active or taken.stopped
    _save_as_refund(card)
    taken.given_back = True
    taken.save(update_fields=["given_back"])


def _save_as_refund(card: GiftCard) -> None:
    """Save the balance, and have the trigger note that it was no purchase which changed it."""
    _set_move("refunded")
    card.save(update_fields=["current_balance_amount", "is_active"])
    _set_move("")


def _set_move(kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('stillwater.gift_card_move', %s, true)", [kind])


def is_wholly_unused(sale: GiftCardSale) -> bool:
    """Say whether all that was paid for the card is still on it."""
    card = sale.card
    return card is not None and card.is_active and card.current_balance_amount == sale.amount_value


_LINK_SALT = "plugins.ordering.sold_cards"


def card_path(sale: GiftCardSale) -> str:
    """Return the path of the page that shows the card's code, in the language of its e-mail.

    Put it into nothing but the e-mail to the one the card is for. It works as long as the card has
    the code that it has now.
    """
    signed = signing.dumps([sale.pk, _digest(sale)], salt=_LINK_SALT)
    return localized(f"/gift-cards/open/{signed}/", sale.language)


def sale_from_link(signed: str) -> GiftCardSale | None:
    """Return the sale whose card the signed part of a link shows; None for what opens nothing."""
    try:
        sale_id, digest = signing.loads(signed, salt=_LINK_SALT)
    except signing.BadSignature:
        return None
    sale = GiftCardSale.objects.select_related("card").filter(pk=sale_id, card__isnull=False)
    found = sale.first()
    return found if found and constant_time_compare(digest, _digest(found)) else None


def _digest(sale: GiftCardSale) -> str:
    """Return a hash of the code, which does not reveal it: a new code ends older links."""
    code = sale.card.code if sale.card else ""
    return salted_hmac(_LINK_SALT, code, algorithm="sha256").hexdigest()[:16]


def readdress(sale: GiftCardSale, recipient: str) -> bool:
    """Send an unused card of a locked sale to somebody else, under a new code; or say False.

    Whoever has the old code or link has nothing any more.
    """
    (card,) = lock_gift_cards(pk=sale.card_id)
    sale.card = card
    if not is_wholly_unused(sale):
        return False
    card.code = _new_code()
    card.save(update_fields=["code"])
    sale.recipient = recipient
    sale.save(update_fields=["recipient"])
    return True


def due_to_send(*, sale_id: int | None = None) -> QuerySet[GiftCardSale]:
    """Return the cards whose e-mail may go now and did not, to be locked by who sends it."""
    due = GiftCardSale.objects.filter(
        Q(not_before=None) | Q(not_before__lte=timezone.localdate()),
        kind=CardKind.EMAIL,
        sent_at=None,
        card__is_active=True,
    ).exclude(recipient="")
    return due if sale_id is None else due.filter(pk=sale_id)


# Until then a card that did not arrive can be sent again.
def forget_recipients(*, now: datetime | None = None) -> int:
    """Empty whom a card was for, and what was written to them, some time after it went out."""
    cutoff = retention_cutoff("gift_cards", now)
    waited = Q(not_before=None) | Q(not_before__lt=timezone.localdate(cutoff))
    return _empty(GiftCardSale.objects.filter(waited, issued_at__lt=cutoff))


def forget_recipient(order_id: int) -> None:
    """Empty whom the card of an order was for, unless its e-mail is still to go."""
    _empty(GiftCardSale.objects.filter(order_id=order_id).exclude(kind="email", sent_at=None))


def _forget(sender: object, *, order_id: int, **_more: Any) -> None:
    _empty(GiftCardSale.objects.filter(order_id=order_id))


def _empty(sales: QuerySet[GiftCardSale]) -> int:
    known = sales.exclude(recipient="", from_name="", message="")
    return GiftCardSale.objects.filter(pk__in=list(known.values_list("pk", flat=True))).update(
        recipient="", from_name="", message=""
    )


@dataclass(frozen=True, slots=True)
class GiftCardBooks:
    """The gift cards of one currency in a period, sold ones apart from those that staff gave away.

    `opening` and `outstanding` are what was, and is, still to be spent: what customers paid and
    have had no goods for. `redeemed` is what orders paid with, less what they gave back; `refunded`
    what went back for cards themselves. opening + issued - redeemed - refunded = outstanding.
    """

    currency: str
    sold: bool
    opening: Decimal
    issued: Decimal
    redeemed: Decimal
    refunded: Decimal

    @property
    def outstanding(self) -> Decimal:
        """What is still to be spent at the end of the last day."""
        return self.opening + self.issued - self.redeemed - self.refunded


def gift_card_books(last: date, first: date | None = None) -> tuple[GiftCardBooks, ...]:
    """Return the figures from `first` to `last`, both in the shop's time zone, by currency.

    Without `first` they are those of all days up to `last`. One statement. An order that waits
    for its payment has taken from its cards already; what a released one gives back counts on
    the day of that.
    """
    begin = midnight(first) if first else None
    before = Q(at__lt=begin) if begin else Q(pk__in=())
    sums = {"opening": Sum("change_value", filter=before, default=_NOTHING)} | {
        kind: Sum("change_value", filter=Q(kind=kind) & ~before, default=_NOTHING)
        for kind in ("issued", "redeemed", "refunded")
    }
    moves = GiftCardMove.objects.filter(at__lt=midnight(last + timedelta(days=1)))
    sold = Exists(GiftCardSale.objects.filter(card=OuterRef("card")))
    rows = moves.order_by().annotate(sold=sold).values("card__currency", "sold").annotate(**sums)
    return tuple(_books(row) for row in rows.order_by("card__currency", "-sold"))


def _books(row: Any) -> GiftCardBooks:
    return GiftCardBooks(
        row["card__currency"], row["sold"], row["opening"],
        row["issued"], -row["redeemed"], -row["refunded"],
    )  # fmt: skip

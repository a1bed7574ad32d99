"""Buy a gift card: an order of its own kind, with one line, without a basket or an address.

It is paid as any other order and never by codes: there is no basket to put one into. Nothing of it
is taxed: a card for goods of several rates is taxed when it is spent (docs/taxes.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, gettext_noop
from prices import Money, TaxedMoney
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.actions import order_created
from saleor.order.models import Order, OrderLine

from plugins.ordering.holds import Visitor, note_origin, order_limits, refuse_too_much, usual_hold
from plugins.ordering.models import CardKind, GiftCardSale
from plugins.ordering.order_messages import GIFT_CARD_KEY
from plugins.ordering.order_state import can_be_charged
from plugins.ordering.outcomes import OrderRefused, OrdersPaused, PlacedOrder
from plugins.ordering.placing import new_session
from plugins.ordering.refunds import refund_everything
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.sold_cards import is_wholly_unused, lock_sold_card, sale_of
from plugins.ordering.submitted_forms import claim_form
from product_content.decisions import ALLOWED, Decision, refused
from product_content.money import format_money, is_payable
from product_content.parsing import normal_email
from product_content.shop_settings import pause_now, shop_facts

NAME: Final = gettext_noop("Gift card")
_SALT = "gift card shown before paying"
_SHOWN_FOR = timedelta(hours=12)  # how long the page before paying may lie open
MAX_DAYS_AHEAD: Final = 365


class GiftCardRefused(OrderRefused):
    """The gift card cannot be bought, or given back, like this; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class GiftCardWish:
    """What is shown before paying, and bought: nothing else. `amount` is text, as 50.00.

    `email` is the buyer's. `recipient` is empty for a card that the buyer prints; `not_before` is
    a day as 2026-12-24, or empty. `key` is new with each form.
    """

    amount: str
    currency: str
    kind: str
    email: str
    recipient: str = ""
    from_name: str = ""
    message: str = ""
    not_before: str = ""
    key: str = ""

    @property
    def price(self) -> Money:
        """The amount as money."""
        return Money(Decimal(self.amount), self.currency)

    @property
    def first_day(self) -> date | None:
        """The first day on which the e-mail may go; None for at once."""
        return date.fromisoformat(self.not_before) if self.not_before else None


@dataclass(frozen=True, slots=True)
class GiftCardTerms:
    """What cards can be bought over, as managers have set it; nothing where they sell none."""

    least: Money
    most: Money
    suggested: tuple[Money, ...]


def gift_card_terms() -> GiftCardTerms | None:
    """Return the amounts that can be bought now, in the shop's currency; None for none at all."""
    facts, currency = shop_facts(), settings.DEFAULT_CURRENCY
    if not facts.sells_gift_cards:
        return None
    least, most = Money(facts.gift_minimum, currency), Money(facts.gift_maximum, currency)
    suggested = (Money(amount, currency) for amount in facts.gift_amounts)
    return GiftCardTerms(least, most, tuple(one for one in suggested if least <= one <= most))


def may_buy(amount: Decimal, terms: GiftCardTerms | None) -> Decision:
    """Say whether a card over `amount` can be bought; the reason is for the customer."""
    if terms is None:
        return refused(gettext("We do not sell gift cards at the moment."))
    if not is_payable(amount, terms.least.currency):
        return refused(gettext("Please write an amount without further decimals."))
    if not terms.least.amount <= amount <= terms.most.amount:
        return refused(
            gettext("A gift card can be over %(least)s to %(most)s.")
            % {"least": format_money(terms.least), "most": format_money(terms.most)}
        )
    return can_be_charged(Money(amount, terms.least.currency))


def may_wait_until(day: date | None) -> Decision:
    """Say whether an e-mail may wait until that day; the reason is for the customer."""
    today = timezone.localdate()
    if day is None or today <= day <= today + timedelta(days=MAX_DAYS_AHEAD):
        return ALLOWED
    if day < today:
        return refused(gettext("This day is over."))
    return refused(gettext("Please choose a day within a year."))


def new_wish_key() -> str:
    """Return the key of a form that is about to be shown."""
    return get_random_string(32)


def signed_wish(wish: GiftCardWish) -> str:
    """Return the wish as the text that the form of the page before paying carries."""
    return signing.dumps(astuple(wish), salt=_SALT, compress=True)


def read_wish(text: str) -> GiftCardWish | None:
    """Return the wish that a form carried; None for what we did not sign, or long ago."""
    try:
        wish = GiftCardWish(*signing.loads(text, salt=_SALT, max_age=_SHOWN_FOR))
        Decimal(wish.amount)
    except (signing.BadSignature, TypeError, InvalidOperation):
        return None
    return wish


@transaction.atomic
def place_gift_card(
    *, shown: str, user_id: int | None = None, visitor: Visitor | None = None
) -> PlacedOrder:
    """Make the order of the card that was shown; nothing is charged, and no card exists yet.

    `shown` is what `signed_wish` gave the form. The same form again, at once or later, gives the
    same order (`created` False). Raises OrderRefused: GiftCardRefused, OrdersPaused or
    HoldsTooMuch.
    """
    wish = read_wish(shown)
    if wish is None:
        raise GiftCardRefused(gettext("This page was open for too long. Please begin again."))
    if not claim_form(owner="gift card", token=wish.key):
        return _known(wish.key)
    if pause := pause_now():
        raise OrdersPaused(pause)
    _refuse(wish)
    if visitor is not None:
        refuse_too_much(visitor, wish.email, 1, order_limits())
    with one_configuration():
        order = _store(wish, User.objects.filter(pk=user_id).first())
        hold = usual_hold()
        if visitor is not None:
            hold = note_origin(order, visitor, wish.email, 1, order_limits())
        new_session(order, hold)
    return _placed(order, created=True)


def _known(key: str) -> PlacedOrder:
    sale = GiftCardSale.objects.select_related("order").filter(key=key).first()
    if sale is None or sale.order.status == OrderStatus.CANCELED:
        raise GiftCardRefused(gettext("This gift card is no longer held. Please begin again."))
    return _placed(sale.order, created=False)


def _placed(order: Order, *, created: bool) -> PlacedOrder:
    return PlacedOrder(order.pk, order.token, str(order.pk), order.total.gross, created)


def _refuse(wish: GiftCardWish) -> None:
    allowed, why = may_buy(wish.price.amount, gift_card_terms())
    if allowed and wish.currency != settings.DEFAULT_CURRENCY:
        allowed, why = refused(gettext("Our prices have changed. Please begin again."))
    if allowed:
        allowed, why = may_wait_until(wish.first_day)
    if not allowed:
        raise GiftCardRefused(why)


def _store(wish: GiftCardWish, user: User | None) -> Order:
    price = TaxedMoney(net=wish.price, gross=wish.price)
    order = Order.objects.create(
        user=user,
        user_email=normal_email(wish.email),
        language_code=translation.get_language() or settings.LANGUAGE_CODE,
        currency=wish.currency,
        tracking_client_id="",
        total=price,
        metadata={GIFT_CARD_KEY: True},
    )
    OrderLine.objects.create(
        order=order,
        product_name=NAME,
        translated_product_name="" if gettext(NAME) == NAME else gettext(NAME),
        product_sku="GIFT-CARD",
        is_shipping_required=False,
        quantity=1,
        currency=wish.currency,
        unit_price=price,
    )
    GiftCardSale.objects.create(
        order=order,
        key=wish.key,
        kind=wish.kind,
        amount_value=wish.price.amount,
        currency=wish.currency,
        recipient=normal_email(wish.recipient) if wish.kind == CardKind.EMAIL else "",
        from_name=wish.from_name,
        message=wish.message,
        language=order.language_code,
        not_before=wish.first_day,
    )
    order_created(order=order, user=user or AnonymousUser())
    return order


def may_refund_card(sale: GiftCardSale | None) -> Decision:
    """Say whether the buyer may have the money of a card back now; the reason is for them."""
    if sale is None or sale.card is None or sale.issued_at is None:
        return refused(gettext("This gift card is not paid."))
    if not is_wholly_unused(sale):
        return refused(gettext("Something was paid with this gift card. Please write to us."))
    if timezone.now() > sale.issued_at + timedelta(days=settings.RETURN_DAYS):
        return refused(gettext("The days for giving it back are over. Please write to us."))
    return ALLOWED


@transaction.atomic
def refund_unused_card(*, order_id: int, actor_id: int | None) -> Sequence[object]:
    """Ask for all the money of an unused card back, and end the card; twice is harmless.

    Raises GiftCardRefused: used, too late, or given back already.
    """
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    lock_sold_card(order)
    allowed, why = may_refund_card(sale_of(order_id))
    if not allowed:
        raise GiftCardRefused(why)
    return refund_everything(
        order_id=order_id, reason="Given back unused by its buyer.", actor_id=actor_id
    )

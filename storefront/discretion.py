"""The privacy preview of a basket or an order, and the delivery choices behind it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from babel.lists import format_list
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from prices import Money
from redis.exceptions import RedisError
from saleor.account.models import User

from plugins.discreet_shipping.arrival import Arrival, expected_arrival
from plugins.discreet_shipping.choices import CHOICES_KEY, OPTIONS, Choices, ChoicesRefused, to_data
from plugins.discreet_shipping.collection_points import FoundPoint, find_point, points_near
from plugins.discreet_shipping.contract import Contract, Label, sample_label
from plugins.discreet_shipping.labels import as_svg, label_pdf, label_sheet, printout_sheet
from plugins.discreet_shipping.order_contract import (
    arrival_of_basket,
    choices_of,
    delivery_context,
    preview_card_contract,
    preview_contract,
    problems_of,
    promised_arrival,
    remember_choices,
    remembered_choices,
    set_choices,
)
from plugins.discreet_shipping.plugin import current_settings
from plugins.discreet_shipping.policies import DeliveryContext, Point, is_offered, selectable_days
from plugins.fulfilment.models import PrintedLabel
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.policies import SendRefused
from plugins.order_emails.previews import send_sample
from plugins.ordering.links import orders_by_token
from plugins.ordering.locks import locked_user
from plugins.ordering.models import PaymentSession
from plugins.ordering.order_messages import EMAIL_KINDS, FACT_WORDS, facts_inside
from product_content.languages import locale_of
from storefront.baskets import find_checkout
from storefront.checkout import checkout_for_change
from storefront.types import Basket, OrderPage, SeenEmail, SeenLabel, WhatOthersSaw
from storefront.wording import AskedTooOften, LinkNotSent


@dataclass(frozen=True, slots=True)
class PrivacyPreview:
    """A Contract with its drawings. `expected` is when the parcel should come, if that is known."""

    contract: Contract
    mails: tuple[dict[str, Any], ...]
    label: SafeString | str
    return_label: SafeString | str
    slip: SafeString | str
    expected: Arrival | None
    options: tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen: offered options with prices, senders, days, and what is chosen now."""

    choices: Choices
    senders: tuple[str, ...]
    prices: dict[str, Money]
    weekdays: tuple[int, ...]
    first_day: date
    last_day: date
    country: str
    postcode: str

    @property
    def offered(self) -> frozenset[str]:
        """The names of the options that can be had here."""
        return frozenset(self.prices)


def preview_of_basket(basket: Basket) -> PrivacyPreview | None:
    """Return what others would see of the basket's order, or None while no delivery is chosen."""
    if basket.delivery is None:
        return None
    contract = preview_contract(
        basket.checkout, current_settings(), totals=basket.totals, delivery=basket.delivery
    )
    return _preview(contract)


def preview_of_order(order: OrderPage) -> PrivacyPreview | None:
    """Return what was promised for the order, or None for one without a Contract."""
    return _preview(order.contract) if order.contract else None


def preview_of_gift_card(email: str, total: Money) -> PrivacyPreview:
    """Return what others would see of the order of a gift card."""
    return _preview(preview_card_contract(email=email, total=total, rules=current_settings()))


def what_others_saw(order: OrderPage) -> WhatOthersSaw | None:
    """Return what others saw of an order of which a parcel has left; None before."""
    if order.contract is None or not order.parcels:
        return None
    labels = PrintedLabel.objects.filter(order=order.id).exclude(printed={})
    mails = OutgoingEmail.objects.filter(order=order.id, state=EmailState.SENT).exclude(outside={})
    sessions = PaymentSession.objects.filter(order=order.id).exclude(told={})
    return WhatOthersSaw(
        labels=tuple(_seen_label(label, order.contract) for label in labels),
        mails=tuple(_seen_email(mail, order.contract) for mail in mails.order_by("sent_at")),
        told=sessions.order_by("pk").values_list("told", flat=True).last() or {},
    )


def _seen_label(label: PrintedLabel, contract: Contract) -> SeenLabel:
    printed = {name: part for name, part in label.printed.items() if name != "kind"}
    is_return = label.printed["kind"] == "return-label"
    promised = contract["return_label"] if is_return else contract["label"]
    title = _("The return label in the box") if is_return else _("The label on the box")
    return SeenLabel(
        at=label.at,
        drawing=as_svg(label_sheet(cast("Label", printed), "a6"), title),
        as_promised=printed == promised,
        destroyed=label.destroyed_at is not None,
    )


def _seen_email(mail: OutgoingEmail, contract: Contract) -> SeenEmail:
    promise = contract["emails"].get(mail.kind, {})
    differing = {
        name: promise[name]
        for name, seen in mail.outside.items()
        if promise.get(name, seen) != seen
    }
    return SeenEmail(mail.sent_at, mail.outside, differing)


def preview_label(basket: Basket) -> bytes | None:
    """Return the label of the basket's order as it would be printed, as a PDF."""
    preview = preview_of_basket(basket)
    label = preview.contract["label"] if preview else None
    return label_pdf(label) if label else None


def rehearsed_label() -> bytes:
    """Return a label of nobody, as the usual choices make it, as a PDF."""
    return label_pdf(sample_label(current_settings()))


def rehearsed_drawing() -> SafeString:
    """Return the same label as a drawing."""
    return as_svg(label_sheet(sample_label(current_settings()), "a6"), _("The label on the box"))


def rehearse_email(*, address: str) -> None:
    """Send one sample e-mail to an address, at most one in an hour, and keep nothing of it.

    The cache holds a keyed hash of the address for that hour; without the cache nothing is sent.
    Raises AskedTooOften or LinkNotSent.
    """
    key = f"rehearsal-{salted_hmac('storefront.rehearsal', address).hexdigest()}"
    try:
        if not cache.add(key, 1, _AN_HOUR):
            raise AskedTooOften
        send_sample(address=address)
    except (SendRefused, RedisError) as error:
        raise LinkNotSent from error


_AN_HOUR = 60 * 60  # seconds


def offer_for_basket(token: UUID | None) -> Offer | None:
    """Return what can be chosen for the basket's address and delivery."""
    checkout = find_checkout(token)
    if checkout is None or checkout.shipping_address is None:
        return None
    context = delivery_context(checkout, current_settings())
    return _offer(context, checkout.currency, checkout.shipping_address.postal_code)


def offer_for_order(token: UUID) -> Offer | None:
    """Return what can still be chosen for a placed order."""
    order = orders_by_token(token).select_related("shipping_address").first()
    if order is None or order.shipping_address is None:
        return None
    context = delivery_context(order, current_settings(), choices_of(order))
    return _offer(context, order.currency, order.shipping_address.postal_code)


def remembers(customer_id: int | None) -> bool:
    """Say whether the customer's account remembers choices."""
    user = User.objects.filter(pk=customer_id).first() if customer_id is not None else None
    return user is not None and remembered_choices(user=user) is not None


def nearby_points(offer: Offer, postcode: str) -> list[FoundPoint]:
    """Return collection points near a postcode in the country of the address."""
    return points_near(country=offer.country, postcode=postcode[:12])


def chosen_point(offer: Offer, code: str) -> Point | None:
    """Return the collection point that was chosen; None where it is not (any more) to be had."""
    point = find_point(code)
    return point if point and point.country == offer.country else None


def chosen_problems(basket: Basket) -> dict[str, str]:
    """Return what does not fit (any more) in the basket's choices, by field."""
    rules = current_settings()
    if not rules.active or not basket.needs_delivery:
        return {}
    return problems_of(basket.checkout, rules)


def _offer(context: DeliveryContext, currency: str, postcode: str) -> Offer:
    first, last = selectable_days(context.rules, timezone.localdate())
    soonest = expected_arrival(replace(context, choices=Choices()))
    prices = {
        option: Money(price, currency)
        for option in OPTIONS
        if is_offered(context.rules, option, country=context.country, method=context.method).allowed
        and (price := context.rules.options[option].price) is not None
    }
    return Offer(
        choices=context.choices,
        senders=context.rules.senders,
        prices=prices,
        weekdays=context.rules.weekdays,
        first_day=max(first, min(soonest.first, last)) if soonest else first,
        last_day=last,
        country=context.country,
        postcode=postcode,
    )


def _sorted_emails(mails: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return e-mails in the order of EMAIL_KINDS, which PostgreSQL's JSON does not keep."""
    return tuple(
        mails[kind] | {"inside": _words_inside(kind, mails[kind])}
        for kind in EMAIL_KINDS
        if kind in mails
    )


def _words_inside(kind: str, mail: dict[str, Any]) -> str:
    words = [_("the shop’s name"), *(str(FACT_WORDS[fact]) for fact in facts_inside(kind, mail))]
    return format_list(words, locale=locale_of(get_language() or settings.LANGUAGE_CODE))


def _preview(contract: Contract) -> PrivacyPreview:
    def drawing(kind: str, title: str) -> SafeString | str:
        sheet = printout_sheet(contract, kind=kind, size="a6")
        return as_svg(sheet, title) if sheet else ""

    return PrivacyPreview(
        contract=contract,
        mails=_sorted_emails(contract["emails"]),
        label=drawing("label", _("The label on the box")),
        return_label=drawing("return-label", _("The return label in the box")),
        slip=drawing("slip", _("The slip in the box")),
        expected=promised_arrival(contract),
        options=tuple(
            (name, Money(price, contract["currency"])) for _key, name, price in contract["options"]
        ),
    )


def expected_of(basket: Basket) -> Arrival | None:
    """Return when the basket's order should come, with its choices; None where nobody knows."""
    if not basket.needs_delivery:
        return None
    return arrival_of_basket(basket.checkout, current_settings())


def wants_messages(basket: Basket) -> bool:
    """Say whether the basket's customer wants more e-mails than the law asks for."""
    return choices_of(basket.checkout).messages != "legal"


@transaction.atomic
def keep_choices(
    *,
    token: UUID | None,
    data: Mapping[str, Any],
    customer_id: int | None = None,
    remember: bool = False,
) -> None:
    """Store the choices.

    A signed-in customer's account remembers them if they ask for it, and forgets older ones
    if they do not. Raises ChoicesRefused, then nothing is changed, or LineGone without a basket.
    """
    checkout = checkout_for_change(token)
    chosen = set_choices(checkout=checkout, rules=current_settings(), data=data)
    if customer_id is not None:
        remember_choices(user=locked_user(customer_id), choices=chosen, asked=remember)


@transaction.atomic
def use_remembered(*, token: UUID | None, customer_id: int | None) -> None:
    """Begin with what the account remembers, in a basket for which nothing was chosen yet.

    What does not fit this basket (another country, a point that closed) is left out whole: the
    next page then shows the basket's own choices, never a mixture.
    """
    checkout = checkout_for_change(token)
    if customer_id is None or CHOICES_KEY in (checkout.metadata or {}):
        return
    known = remembered_choices(user=User.objects.get(pk=customer_id))
    if known is not None:
        with suppress(ChoicesRefused):
            set_choices(checkout=checkout, rules=current_settings(), data=to_data(known))

"""What an order was promised, and the choices that people saved for later ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from prices import Money
from saleor.account.models import Address, User
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.arrival import (
    Arrival,
    arrival_by,
    day_to_send,
    earliest_day,
    expected_arrival,
    expected_arrivals,
)
from plugins.discreet_shipping.choices import (
    CHOICES_KEY,
    REMEMBERED_KEY,
    Choices,
    ChoicesRefused,
    parse,
    to_data,
)
from plugins.discreet_shipping.collection_points import find_point
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.contract import (
    CODE_TO_COME,
    NUMBER_TO_COME,
    Contract,
    CustomsRow,
    Facts,
    build,
    is_declared,
)
from plugins.discreet_shipping.models import SlipCode
from plugins.discreet_shipping.policies import DeliveryContext, check_choices
from plugins.discreet_shipping.recipient import place_lines
from plugins.ordering.order_messages import CONTRACT_KEY, RECEIPT_KEY, sells_gift_card
from plugins.ordering.totals import Totals, totals_of_order
from product_content.models import CustomsFacts, DeliveryTime
from product_content.money import zero

_CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another
_CODE_LENGTH = 6


def facts_of_order(order: Order, rules: ShippingSettings, choices: Choices | None = None) -> Facts:
    """Return the facts of a placed order; `choices` replaces those that stand on it.

    Its slip's codes are made where they are missing.
    """
    address = order.shipping_address
    choices = choices or _in_force(order, rules)
    context = delivery_context(order, rules, choices)
    place = place_lines(address)
    declared = is_declared(place, context.country)
    return Facts(
        context=context,
        arrival=arrival_by(context, _delivery_time(order)),
        number=str(order.pk),
        email=order.get_customer_email() or "",
        first_name=address.first_name if address else "",
        last_name=address.last_name if address else "",
        address=place,
        lines=_coded(order) if choices.slip == "codes" else (),
        total=order.total_gross,
        delivery=order.shipping_price_gross,
        goods=totals_of_order(order).goods if declared else zero(order.currency),
        customs=_customs_rows(order) if declared else (),
        payment_receipt=RECEIPT_KEY in (order.metadata or {}),
        gift_card=sells_gift_card(order),
    )


def facts_of_checkout(
    checkout: Checkout, rules: ShippingSettings, *, totals: Totals, delivery: Money
) -> Facts:
    """Return the facts of a basket, priced by the caller; its number is still to come."""
    address = checkout.shipping_address
    context = delivery_context(checkout, rules, _in_force(checkout, rules))
    place = place_lines(address) if checkout.is_shipping_required() else ()
    return Facts(
        context=context,
        arrival=arrival_by(context, _delivery_time(checkout)),
        number=NUMBER_TO_COME,
        email=checkout.email or settings.DEFAULT_FROM_EMAIL,
        first_name=address.first_name if address else "",
        last_name=address.last_name if address else "",
        address=place,
        lines=tuple((CODE_TO_COME, line.quantity) for line in checkout.lines.all()),
        total=totals.due,
        delivery=delivery,
        goods=totals.goods,
        customs=_customs_rows(checkout) if is_declared(place, context.country) else (),
        payment_receipt=RECEIPT_KEY in (checkout.metadata or {}),
    )


def _delivery_time(thing: Checkout | Order) -> DeliveryTime | None:
    """Return the days of its delivery method; no query where they were read along with it."""
    return getattr(thing.shipping_method, "delivery_time", None)


def _customs_rows(thing: Checkout | Order) -> tuple[CustomsRow, ...]:
    """Return the pieces by what a customs form says of them; of all others nothing but pieces."""
    lines = [line for line in thing.lines.select_related("variant") if line.variant]
    facts = CustomsFacts.objects.in_bulk(
        {line.variant.product_id for line in lines}, field_name="product_id"
    )
    pieces: Counter[tuple[str, str]] = Counter()
    for line in lines:
        known = facts.get(line.variant.product_id)
        pieces[(known.hs_code, str(known.origin)) if known else ("", "")] += line.quantity
    return tuple(CustomsRow(code, origin, count) for (code, origin), count in pieces.items())


def _coded(order: Order) -> tuple[tuple[str, int], ...]:
    """Return code and pieces of each variant; one that has no code yet is given one."""
    pieces: Counter[int] = Counter()
    for line in order.lines.all():
        pieces[line.variant_id] += line.quantity
    codes = dict(order.slip_codes.values_list("variant_id", "code"))
    without = pieces.keys() - {None, *codes}
    for variant in without:
        codes[variant] = _free_code(set(codes.values()))
    SlipCode.objects.bulk_create(
        SlipCode(order=order, variant_id=variant, code=codes[variant]) for variant in without
    )
    return tuple((codes.get(variant, CODE_TO_COME), many) for variant, many in pieces.items())


def _free_code(taken: set[str]) -> str:
    while (code := get_random_string(_CODE_LENGTH, _CODE_SIGNS)) in taken:
        pass
    return code


def variants_of_slip_code(order: Order, typed: str) -> set[int]:
    """Return the ids of the order's variants for which a code stands on its slip.

    Slips that were printed before there were random codes have the variant's own number.
    """
    code = typed.upper().removeprefix("CODE").strip()
    found = set(order.slip_codes.filter(code=code).values_list("variant_id", flat=True))
    contract = contract_of(order)
    lines = contract["slip"]["lines"] if contract else []
    if not found and code.isdecimal() and any(row[0] == f"Code {code}" for row in lines):
        return {int(code)}
    return found


def _in_force(thing: Checkout | Order, rules: ShippingSettings) -> Choices:
    return choices_of(thing) if rules.active else Choices()


def contract_of(order: Order) -> Contract | None:
    """Return the Contract that is stored with the order, or None for one without."""
    return cast("Contract | None", (order.metadata or {}).get(CONTRACT_KEY) or None)


def promised_arrival(contract: Contract) -> Arrival | None:
    """Return when the parcel should come by this Contract; None where it promises no day."""
    first = contract["expected_day"]
    last = contract.get("expected_last_day") or first
    return Arrival(date.fromisoformat(first), date.fromisoformat(last)) if first else None


def arrival_of_basket(checkout: Checkout, rules: ShippingSettings) -> Arrival | None:
    """Return when the basket's order should come by the delivery method that it has now."""
    context = delivery_context(checkout, rules, _in_force(checkout, rules))
    return arrival_by(context, _delivery_time(checkout))


def arrivals_of_basket(
    checkout: Checkout, rules: ShippingSettings, methods: Iterable[int]
) -> dict[int, Arrival | None]:
    """Return when the basket's order should come by each of these delivery methods."""
    context = delivery_context(checkout, rules, _in_force(checkout, rules))
    return expected_arrivals(context, methods)


def arrival_of_order(order: Order, rules: ShippingSettings, *, left: date | None) -> Arrival | None:
    """Return when the parcel of an order with a Contract should come.

    `left` is the day on which it left us: it counts once there is one, and until then what was
    promised does.
    """
    contract = contract_of(order)
    if contract is None or not contract["expected_day"]:
        return None
    if left is None:
        return promised_arrival(contract)
    return expected_arrival(delivery_context(order, rules), left=left)


def preview_contract(
    checkout: Checkout, rules: ShippingSettings, *, totals: Totals, delivery: Money
) -> Contract:
    """Return the Contract that the basket's order would get; only its number is to come."""
    return build(facts_of_checkout(checkout, rules, totals=totals, delivery=delivery))


def preview_card_contract(*, email: str, total: Money, rules: ShippingSettings) -> Contract:
    """Return the Contract that the order of a gift card would get; only its number is to come."""
    context = DeliveryContext(
        choices=Choices(), rules=rules, country="", method=None, point=None, first_name="",
        now=timezone.localtime(),
    )  # fmt: skip
    nothing = zero(total.currency)
    return build(
        Facts(
            context=context,
            number=NUMBER_TO_COME,
            email=email,
            first_name="",
            last_name="",
            address=(),
            lines=(),
            total=total,
            delivery=nothing,
            goods=nothing,
            gift_card=True,
        )
    )


def delivery_price(order: Order) -> Money:
    """Return what delivery costs by the order's Contract, which changes after ordering lower."""
    contract = contract_of(order)
    if contract is None:
        return cast("Money", order.shipping_price_gross)
    return Money(Decimal(contract["delivery"]), order.currency)


def contract_surcharge(order: Order) -> Money:
    """Return what the options of the order's Contract add to its delivery price."""
    contract = contract_of(order)
    amounts = [Decimal(price) for _key, _name, price in contract["options"]] if contract else []
    return Money(sum(amounts, Decimal("0.00")), order.currency)


def store_contract(*, order: Order, rules: ShippingSettings, delivery: Money | None = None) -> None:
    """Store the Contract of this order, built from its choices.

    `delivery` is what delivery costs since it was changed; the order keeps what was paid.
    """
    facts = facts_of_order(order, rules)
    if delivery is not None:
        facts = replace(facts, delivery=delivery)
    with translation.override(order.language_code):  # its subjects and titles are the customer's
        contract = build(facts)
    order.store_value_in_metadata({CONTRACT_KEY: contract})
    order.save(update_fields=["metadata"])


def choices_of(thing: Checkout | Order) -> Choices:
    """Return the stored choices; the defaults if they cannot be read."""
    try:
        return parse((thing.metadata or {}).get(CHOICES_KEY, {}))
    except ChoicesRefused:
        return Choices()


def delivery_context(
    thing: Checkout | Order, rules: ShippingSettings, choices: Choices | None = None
) -> DeliveryContext:
    """Return all that policies need about a basket or order; `choices` replaces the stored."""
    choices = choices_of(thing) if choices is None else choices
    address: Address | None = thing.shipping_address
    return DeliveryContext(
        choices=choices,
        rules=rules,
        country=address.country.code if address else "",
        method=thing.shipping_method_id,
        point=find_point(choices.point) if choices.point else None,
        first_name=address.first_name if address else "",
        now=timezone.localtime(),
    )


def held_until(order: Order, rules: ShippingSettings) -> date | None:
    """Return the first day on which the parcel may leave, if that is later than it could.

    An order that is read with its address and its method's days costs no query.
    """
    address = order.shipping_address
    context = DeliveryContext(
        choices=choices_of(order),
        rules=rules,
        country=address.country.code if address else "",
        method=order.shipping_method_id,
        point=None,
        first_name="",
        now=timezone.localtime(),
    )
    day = day_to_send(context, _delivery_time(order))
    return day if day > earliest_day(context) else None


def problems_of(checkout: Checkout, rules: ShippingSettings) -> dict[str, str]:
    """Return what does not fit (any more) in a basket's choices, by field."""
    try:
        choices = parse((checkout.metadata or {}).get(CHOICES_KEY, {}))
    except ChoicesRefused as refused:
        return refused.problems
    return check_choices(delivery_context(checkout, rules, choices))


def set_choices(*, checkout: Checkout, rules: ShippingSettings, data: Mapping[str, Any]) -> Choices:
    """Store what was chosen for a basket that the caller has locked; return it as stored.

    Raises ChoicesRefused, then nothing is changed.
    """
    choices = parse(data)
    if problems := check_choices(delivery_context(checkout, rules, choices)):
        raise ChoicesRefused(problems)
    checkout.store_value_in_metadata({CHOICES_KEY: to_data(choices)})
    checkout.save(update_fields=["metadata", "last_change"])
    return choices


# A date has passed by the next order, and a code word is for one order.
_NOT_REMEMBERED: dict[str, Any] = {"day": "any", "not_before": "", "weekdays": [], "code_word": ""}


def remember_choices(*, user: User, choices: Choices, asked: bool) -> None:
    """Keep the choices with the account if the customer asked for it, else erase older ones."""
    if not asked:
        erase_remembered_choices(user=user)
        return
    user.store_value_in_private_metadata({REMEMBERED_KEY: {**to_data(choices), **_NOT_REMEMBERED}})
    user.save(update_fields=["private_metadata"])


def erase_remembered_choices(*, user: User) -> None:
    """Erase the choices that the account remembers."""
    user.delete_value_from_private_metadata(REMEMBERED_KEY)
    user.save(update_fields=["private_metadata"])


def remembered_choices(*, user: User) -> Choices | None:
    """Return what the account remembers, or None."""
    data = (user.private_metadata or {}).get(REMEMBERED_KEY)
    try:
        return parse(data) if data else None
    except ChoicesRefused:
        return None

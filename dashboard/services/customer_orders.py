"""Orders that staff place for a customer, as on the telephone: a basket is filled, then placed.

The order itself is made by `place_order`, with every check that the shop's own checkout has. The
customer pays it by a link, on the shop's own pages; or the shop gives it away, for a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Prefetch
from django.utils import timezone, translation
from saleor.account.models import Address
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.product.models import ProductVariant
from saleor.shipping.models import ShippingMethod

from dashboard.models import AccessKind
from dashboard.services.personal_data import record_access
from plugins.discreet_shipping.choices import ChoicesRefused
from plugins.discreet_shipping.order_contract import set_choices
from plugins.discreet_shipping.plugin import current_settings
from plugins.ordering.basket import lines_with_products, read_basket
from plugins.ordering.codes import with_code
from plugins.ordering.holds import Visitor, holds_of_basket
from plugins.ordering.locks import lock_checkout
from plugins.ordering.order_state import (
    FREE_KEY,
    PLACED_BY_KEY,
    free_because,
    note_order,
    placed_by,
)
from plugins.ordering.outcomes import PlacedOrder
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from plugins.ordering.pricing import LeftOut, picture_of, price_basket, price_deliveries, signed
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.stock_allocation import display_name
from plugins.ordering.totals import Totals
from product_content.decisions import ALLOWED, Decision, Refused, refused
from product_content.parsing import sku_key
from product_content.selectors.variants import Row, fetch_rows, not_for_sale, sending_methods

# For how long it is held while the customer has not paid. Whoever gets the e-mail reads it within
# a day, and Stripe's sessions last no longer than 24 hours.
HOLD: Final = timedelta(hours=23)


class DraftRefused(Refused):
    """What was typed cannot become a basket; `problems` says so by field ("lines", "code" …)."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class Wanted:
    """What a customer wants, as staff typed it.

    `pieces` by SKU; `address` has the fields of Saleor's Address; `method_id` is None while no
    delivery was chosen, which takes the cheapest; `choices` are those of the delivery options;
    `code` is a promo code or a gift card's, or ""; `free_because` gives it away, "" does not.
    """

    email: str
    language: str
    pieces: Mapping[str, int]
    address: Mapping[str, str]
    method_id: int | None = None
    choices: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    free_because: str = ""


@dataclass(frozen=True)
class Draft:
    """A basket for a customer as it would be ordered now.

    `methods` are (id, name, price) of the deliveries on offer; `shown` is the signed picture that
    `place_draft` compares with.
    """

    token: UUID
    lines: tuple[tuple[str, int, Any], ...]
    totals: Totals
    method_id: int | None
    methods: tuple[tuple[int, str, Any], ...]
    left_out: tuple[LeftOut, ...]
    shown: str


def may_give_away(user: Any) -> Decision:
    """Say whether somebody may place an order that costs nothing: who answers for the books."""
    if user.has_perm("site.manage_settings"):
        return ALLOWED
    return refused("Only a manager may give an order away.")


@transaction.atomic
def save_draft(*, token: UUID | None, wanted: Wanted, actor: Any) -> UUID:
    """Write what is wanted into this person's basket `token`, into a new one for None.

    Nothing is reserved. Raises DraftRefused; then nothing is changed.
    """
    if wanted.free_because and not (decision := may_give_away(actor)).allowed:
        raise DraftRefused({"free_because": decision.reason})
    pieces = _pieces_by_variant(wanted.pieces)
    checkout = _own_draft(token, actor) if token else Checkout(currency=settings.DEFAULT_CURRENCY)
    checkout.email, checkout.country = wanted.email, wanted.address["country"]
    checkout.quantity = sum(wanted.pieces.values())
    checkout.shipping_address = _write_address(checkout.shipping_address_id, wanted.address)
    checkout.billing_address = _write_address(checkout.billing_address_id, wanted.address)
    checkout.private_metadata = {PLACED_BY_KEY: actor.pk}
    if wanted.free_because:
        checkout.private_metadata[FREE_KEY] = wanted.free_because
    checkout.metadata, checkout.voucher_code = {}, None
    checkout.save()
    checkout.lines.all().delete()
    CheckoutLine.objects.bulk_create(
        CheckoutLine(checkout=checkout, variant_id=variant_id, quantity=quantity)
        for variant_id, quantity in pieces.items()
    )
    _add_code(checkout, wanted.code)
    _set_delivery(checkout, wanted)
    return UUID(str(checkout.pk))


def read_draft(token: UUID, *, actor: Any, language: str) -> Draft | None:
    """Return this person's draft at the prices of now, in the customer's language; None if gone."""
    checkout = _find(token)
    if checkout is None or placed_by(checkout) != actor.pk:
        return None
    with translation.override(language), one_configuration():
        basket = read_basket(checkout, holds_of_basket(checkout.pk))
        priced = price_basket(basket)
        shown = signed(picture_of(basket, priced))
        chosen = checkout.shipping_method_id
        offered = price_deliveries(basket, _methods())
    pairs = zip(basket.lines, priced.totals.lines, strict=True)
    return Draft(
        token=UUID(str(checkout.pk)),
        lines=tuple(
            (display_name(line.variant), sums.quantity, sums.total) for line, sums in pairs
        ),
        totals=priced.totals,
        method_id=chosen,
        methods=tuple((one.pk, one.name, totals.delivery) for one, totals in offered),
        left_out=priced.left_out,
        shown=shown,
    )


def place_draft(*, token: UUID, shown: str, actor: Any, language: str) -> PlacedOrder:
    """Place this person's draft for its customer, who gets a link to pay; a free one is settled.

    Raises a subclass of OrderRefused as `place_order` does; then nothing is placed.
    """
    with translation.override(language):
        placed = place_order(checkout_token=token, shown=shown, visitor=Visitor(), hold=HOLD)
    if placed.created:
        _write_down(placed.order_id, actor)
    if not placed.total.amount:
        start_payment(order_id=placed.order_id)
    return placed


def _write_down(order_id: int, actor: Any) -> None:
    order = Order.objects.get(pk=order_id)
    because = free_because(order)
    what = f"Placed for the customer{f', free of charge: {because}' if because else ''}."
    note_order(order_id=order_id, message=what, actor_id=actor.pk)
    record_access(actor=actor, kind=AccessKind.ORDER, subject_id=order_id)
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type=ContentType.objects.get_for_model(Order),
        object_id=str(order_id),
        object_repr=str(order),
        action_flag=ADDITION,
        change_message=what,
    )


_GONE = "This draft is gone: its order is paid, or it lay for a week. Begin anew."


def _own_draft(token: UUID, actor: Any) -> Checkout:
    checkout = lock_checkout(token)
    if checkout is None or placed_by(checkout) != actor.pk:
        raise DraftRefused({"": _GONE})
    return checkout


def _find(token: UUID) -> Checkout | None:
    related = ("shipping_address", "billing_address", "shipping_method__shipping_zone")
    lines = Prefetch("lines", queryset=lines_with_products())
    baskets = Checkout.objects.filter(pk=token, user=None).select_related(*related)
    return baskets.prefetch_related(lines, "gift_cards").first()


def goods_to_choose() -> list[tuple[str, str]]:
    """Return SKU and name of what customers can buy; nothing where it is too much for a page.

    Whoever cannot choose types a name: `save_draft` finds it.
    """
    if ProductVariant.objects.filter(product__is_published=True)[: _MOST_TO_CHOOSE + 1].count() > (
        _MOST_TO_CHOOSE
    ):
        return []
    return [(row.sku, _name(row)) for row in fetch_rows()]


_MOST_TO_CHOOSE: Final = 300


def _pieces_by_variant(wanted: Mapping[str, int]) -> Counter[int]:
    """Return the pieces by variant, which was named by its SKU or by words of its name.

    Refuses what customers cannot buy.
    """
    if not wanted:
        raise DraftRefused({"lines": "Say what the customer wants."})
    rows = fetch_rows(only="upper(v.sku) = ANY(%(skus)s)", params={"skus": list(wanted)})
    known = {sku_key(row.sku): row for row in rows}
    found = [(known.get(typed) or _named(typed), pieces) for typed, pieces in wanted.items()]
    if reasons := [reason for row, _pieces in found if (reason := not_for_sale(row.papers))]:
        raise DraftRefused({"lines": str(reasons[0])})
    together: Counter[int] = Counter()
    for row, pieces in found:
        together[row.id] += pieces
    return together


_MOST_NAMED: Final = 6  # of what fits, in a sentence
_NAMED_SQL = "upper(p.name || ' ' || v.name) LIKE ALL(%(words)s)"


def _named(typed: str) -> Row:
    words = map(connection.ops.prep_for_like_query, typed.split())
    rows = fetch_rows(only=_NAMED_SQL, params={"words": [f"%{word}%" for word in words]})
    if not rows:
        raise DraftRefused({"lines": f"Not to be had in the shop: {typed}."})
    if len(rows) > 1:
        named = "; ".join(f"{row.sku} {_name(row)}" for row in rows[:_MOST_NAMED])
        more = " and others" if len(rows) > _MOST_NAMED else ""
        raise DraftRefused({"lines": f"“{typed}” may be {named}{more}. Write the SKU."})
    return rows[0]


def _name(row: Row) -> str:
    named = row.name not in {"", row.sku}
    return f"{row.product_name}, {row.name}" if named else row.product_name


def _write_address(address_id: int | None, fields: Mapping[str, str]) -> Address:
    address, _created = Address.objects.update_or_create(pk=address_id, defaults=dict(fields))
    return address


def _add_code(checkout: Checkout, code: str) -> None:
    checkout.gift_cards.clear()
    if not code:
        return
    voucher = with_code(Voucher.objects.active(timezone.now()), code).first()
    if voucher is not None:
        checkout.voucher_code = voucher.code
        checkout.save(update_fields=["voucher_code"])
        return
    card = with_code(GiftCard.objects.active(timezone.localdate()), code).first()
    if card is None or card.currency != checkout.currency:
        raise DraftRefused({"code": "We do not know this code, or it has ended."})
    checkout.gift_cards.add(card)


def _set_delivery(checkout: Checkout, wanted: Wanted) -> None:
    """Choose the delivery that is wanted, or the cheapest on offer; then what it can do."""
    found = _find(UUID(str(checkout.pk)))
    if found is None:
        raise DraftRefused({"": _GONE})
    with one_configuration():
        offered = price_deliveries(read_basket(found, holds_of_basket(found.pk)), _methods())
    offered.sort(key=lambda one: (one[1].due.amount, one[0].pk))
    by_id = {method.pk: method for method, _totals in offered}
    first = offered[0][0] if offered else None
    checkout.shipping_method = by_id.get(wanted.method_id or 0, first)
    checkout.save(update_fields=["shipping_method"])
    try:
        set_choices(checkout=checkout, rules=current_settings(), data=wanted.choices)
    except ChoicesRefused as no:
        raise DraftRefused(no.problems) from no


def _methods() -> Sequence[ShippingMethod]:
    return list(sending_methods().order_by("price_amount", "pk"))

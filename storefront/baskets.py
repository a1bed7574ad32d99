"""Reading a basket, and what has just been done to it, to be said once on its page.

What was done waits in the cache under the basket's token: an address would stay in histories, and
a cookie would travel along. While the cache is away nothing is said; the basket tells the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID

from django.core.cache import cache
from django.db.models import Prefetch, Sum
from redis.exceptions import RedisError
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.order import OrderStatus
from saleor.warehouse.models import Allocation

from plugins.ordering.basket import Basket as Content
from plugins.ordering.basket import lines_with_products, read_basket
from plugins.ordering.holds import holds_of_basket
from plugins.ordering.pricing import card_balance, picture_of, price_basket
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.totals import CARD_DIGITS, LineTotals, Totals
from plugins.taxes.plugin import relief_of
from product_content.languages import translated_text
from product_content.models import Magnet
from product_content.selectors import availability
from product_content.selectors.lists import product_url
from product_content.selectors.variants import not_for_sale
from storefront.addresses import postal_address
from storefront.for_sale import for_sale
from storefront.types import AppliedCard, Basket, BasketLine


def get_basket(token: UUID | None) -> Basket | None:
    """Return the basket, or None when there is none; an empty one has no lines."""
    checkout = find_checkout(token)
    return build_basket(checkout) if checkout else None


def basket_quantity(token: UUID | None) -> int:
    """Return the pieces in the basket; no query without a token."""
    if token is None:
        return 0
    found = Checkout.objects.filter(pk=token, user=None).values_list("quantity", flat=True)
    return found.first() or 0


def basket_exists(token: UUID) -> bool:
    """Say whether a basket with this token is there; a paid one is gone."""
    return Checkout.objects.filter(pk=token).exists()


def find_checkout(token: UUID | None) -> Checkout | None:
    """Return the guest's checkout with what its prices need, or None."""
    if token is None:
        return None
    return (
        Checkout.objects.filter(pk=token, user=None)
        .select_related(
            "shipping_address",
            "billing_address",
            "shipping_method__shipping_zone",
            "shipping_method__delivery_time",
        )
        .prefetch_related(Prefetch("lines", queryset=lines_with_products()), "gift_cards")
        .first()
    )


def build_basket(checkout: Checkout) -> Basket:
    """Return the values of a checkout that `find_checkout` has read."""
    content = read_basket(checkout, holds_of_basket(checkout.pk))
    with one_configuration():
        priced, relief = price_basket(content), relief_of(checkout)
    return Basket(
        token=checkout.pk,
        checkout=checkout,
        lines=tuple(_lines(content, priced.totals)),
        quantity=sum(line.quantity for line in content.lines),
        totals=priced.totals,
        delivery_id=checkout.shipping_method_id,
        voucher_code=checkout.voucher_code or "",
        gift_cards=tuple(
            AppliedCard(card.pk, card.code[-CARD_DIGITS:], card_balance(card, content.holds))
            for card in content.cards
        ),
        left_out=priced.left_out,
        picture=picture_of(content, priced),
        email=checkout.email,
        address=postal_address(checkout.shipping_address),
        needs_delivery=checkout.is_shipping_required(),
        relief=relief,
    )


def _lines(content: Content, totals: Totals) -> Iterable[BasketLine]:
    checkout = content.checkout
    left = availability([line.variant_id for line in content.lines], checkout.country.code)
    held = reserved_quantities(checkout.pk)
    for line, sums in zip(content.lines, totals.lines, strict=True):
        yield _line(line, left[line.variant_id] + held.get(line.variant_id, 0), sums)


def _line(line: CheckoutLine, available: int, sums: LineTotals) -> BasketLine:
    product = line.variant.product
    card = getattr(product, "safety_card", None)
    return BasketLine(
        id=line.pk,
        variant_id=line.variant_id,
        name=translated_text(product.name),
        option=translated_text(line.variant.name),
        url=product_url(product.category.slug, product.slug) if product.category else "",
        quantity=line.quantity,
        available=available if product.is_published else 0,
        unit_price=sums.unit_price,
        total=sums.total,
        magnetic=card is not None and card.magnet == Magnet.STATIC,
        not_for_sale=not_for_sale(card.papers) if card else "",
    )


def address_fields(token: UUID | None) -> dict[str, str]:
    """Return what was typed at the address step before, by form field; empty at first."""
    checkout = (
        Checkout.objects.filter(pk=token, user=None).select_related("shipping_address").first()
    )
    if checkout is None or checkout.shipping_address is None:
        return {}
    return {**checkout.shipping_address.as_data(), "email": checkout.email}


def reserved_quantities(checkout_token: UUID) -> dict[int, int]:
    """Return pieces by variant id; to this basket they are available although allocated."""
    rows = (
        Allocation.objects.filter(order_line__order__checkout_token=str(checkout_token))
        .exclude(order_line__order__status=OrderStatus.CANCELED)
        .order_by()
        .values_list("stock__product_variant")
        .annotate(Sum("quantity_allocated"))
    )
    return dict(rows)


KEPT_SECONDS = 60  # long enough for the page that follows


@dataclass(frozen=True, slots=True)
class BasketNote:
    """What was done; `quantity` in pieces of the variant, 0 where none is meant."""

    kind: Literal["added", "changed", "removed", "code", "code_removed", "card_removed"]
    variant_id: int = 0
    quantity: int = 0
    code: str = ""

    @property
    def name(self) -> str:
        """The variant's name in the language of now, "" when customers may not see it."""
        found = for_sale(self.variant_id)
        return found.name if found else ""


def leave_note(token: UUID | None, note: BasketNote) -> None:
    """Keep the note for the next look at this basket, in place of an earlier one.

    It is kept as plain data: another version of the shop may read it, whose classes are elsewhere.
    """
    with suppress(RedisError):
        cache.set(_note_key(token), asdict(note), KEPT_SECONDS)


def take_note(token: UUID | None) -> BasketNote | None:
    """Return the note that waits for this basket, once; None for one that is not understood."""
    if token is None:
        return None
    with suppress(RedisError, TypeError):  # the second: it has other fields
        if (kept := cache.get(_note_key(token))) is not None:
            cache.delete(_note_key(token))
            return BasketNote(**kept)
    return None


def _note_key(token: UUID | None) -> str:
    return f"basket-said-{token}"

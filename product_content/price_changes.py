"""Many prices at once: previewed, planned for a moment, applied once by a task, undone as a change.

A price belongs to a product, or to a variant that has its own. A change says what each was when it
was previewed; one that somebody has changed since is left alone and named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from saleor.product.models import Product, ProductVariant
from saleor.product.utils.variant_prices import update_products_minimal_variant_prices

from product_content.decisions import ALLOWED, Decision, Refused, refused
from product_content.models import PriceChange, PriceChangeLine, PriceChangeState
from product_content.money import is_payable, rounded, smallest_unit
from product_content.parsing import sku_key

MAX_PRICE = Decimal(1_000_000)
MAX_PROBLEMS = 20
ROUNDINGS: Mapping[str, tuple[str, Decimal | None]] = {  # how far below a whole amount it ends
    "exact": ("To the smallest coin", None),
    "whole": ("To whole amounts", Decimal(0)),
    "99": ("To the nearest amount that ends in .99", Decimal("0.01")),
    "95": ("To the nearest amount that ends in .95", Decimal("0.05")),
}


class PricesRefused(Refused):
    """No price was changed or planned; `problems` say why."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class NewPrice:
    """One price before and after; `variant_id` is None for a price of the product."""

    product_id: int
    variant_id: int | None
    name: str
    currency: str
    old: Decimal | None
    new: Decimal | None


def round_price(price: Decimal, rounding: str, currency: str) -> Decimal:
    """Return a price as the rule has it, half up, never below the rule's smallest price above zero.

    A currency without decimals has no .99: there the rule rounds to whole amounts.
    """
    below = ROUNDINGS[rounding][1]
    unit = smallest_unit(currency)
    if below is None:
        return max(rounded(price, currency), unit)
    below = below if unit < 1 else Decimal(0)
    whole = (price + below).quantize(Decimal(1), ROUND_HALF_UP)
    return rounded(max(whole, Decimal(1)) - below, currency)


def percent_prices(
    *, percent: Decimal, rounding: str, category_id: int | None = None
) -> list[NewPrice]:
    """Return what prices become that rise by `percent` (fall, below zero); two statements.

    Those that rounding leaves as they are, and prices of zero, are left out.
    """
    only = {} if category_id is None else {"category_id": category_id}
    found = [
        NewPrice(one.pk, None, one.name, one.currency, one.price_amount, None)
        for one in Product.objects.filter(**only).order_by("name", "pk")
    ]
    own = _variants().filter(price_override_amount__isnull=False)
    own = own.filter(**{f"product__{name}": value for name, value in only.items()})
    found += [_price_of_variant(each, None) for each in own]
    factor = 1 + percent / 100
    changed = [
        replace(one, new=round_price(one.old * factor, rounding, one.currency))
        for one in found
        if one.old
    ]
    return [one for one in changed if one.new != one.old]


def listed_prices(rows: Iterable[tuple[int, str, str]]) -> list[NewPrice]:
    """Return the changes that rows of (row number, SKU, price) ask for. Raises PricesRefused.

    The price of a product's only variant is the product's; another variant gets its own.
    """
    wanted = list(rows)
    variants = {sku_key(one.sku): one for one in _variants()}
    alone = _products_of_one_variant()
    found: dict[str, NewPrice] = {}
    problems: list[str] = []
    for number, sku, text in wanted:
        variant = variants.get(sku_key(sku))
        price = _parsed(text, variant.product.currency) if variant else None
        if variant is None:
            problems.append(f"Row {number}, sku: there is no “{sku[:40]}”.")
        elif price is None:
            problems.append(f"Row {number}, price: write an amount above zero, such as 12.50.")
        elif sku_key(sku) in found:
            problems.append(f"Row {number}, sku: it stands in the list twice.")
        else:
            found[sku_key(sku)] = _listed(variant, price, alone)
    if problems:
        raise PricesRefused(*problems[:MAX_PROBLEMS])
    return [one for one in found.values() if one.new != one.old]


def _variants() -> QuerySet[ProductVariant]:
    return ProductVariant.objects.select_related("product").order_by("sku")


def _products_of_one_variant() -> set[int]:
    seen: set[int] = set()
    several: set[int] = set()
    for pk in ProductVariant.objects.order_by().values_list("product_id", flat=True):
        (several if pk in seen else seen).add(pk)
    return seen - several


def _listed(variant: ProductVariant, price: Decimal, alone: set[int]) -> NewPrice:
    if variant.price_override_amount is None and variant.product_id in alone:
        product = variant.product
        return NewPrice(
            product.pk, None, product.name, product.currency, product.price_amount, price
        )
    return _price_of_variant(variant, price)


def _price_of_variant(variant: ProductVariant, new: Decimal | None) -> NewPrice:
    return NewPrice(
        variant.product_id,
        variant.pk,
        f"{variant.product.name} · {variant.name or variant.sku}",
        variant.product.currency,
        variant.price_override_amount,
        new,
    )


def _parsed(text: str, currency: str) -> Decimal | None:
    try:
        price = Decimal(text.strip())
    except ArithmeticError:
        return None
    is_price = price.is_finite() and 0 < price <= MAX_PRICE and is_payable(price, currency)
    return rounded(price, currency) if is_price else None


def digest_of(prices: Iterable[NewPrice]) -> str:
    """Return a short text that differs when a price before or after does; a form sends it back."""
    text = "\n".join(f"{p.product_id} {p.variant_id} {p.old} {p.new}" for p in prices)
    return hashlib.sha256(text.encode()).hexdigest()


def may_plan(prices: Sequence[NewPrice], shown: str) -> Decision:
    """Say whether a change may be planned that was previewed as `shown` (see `digest_of`)."""
    if not prices:
        return refused("No price would change.")
    if digest_of(prices) != shown:
        return refused("Prices have changed since you looked. Please look at them once more.")
    if any(one.new is not None and one.new > MAX_PRICE for one in prices):
        return refused("A price would be above a million.")
    return ALLOWED


@transaction.atomic
def plan_change(
    *, prices: Sequence[NewPrice], shown: str, starts_at: datetime, description: str
) -> PriceChange:
    """Write down what is to change from `starts_at` on. Raises PricesRefused."""
    allowed, reason = may_plan(prices, shown)
    if not allowed:
        raise PricesRefused(reason)
    change = PriceChange.objects.create(description=description, starts_at=starts_at)
    _add_lines(change, prices)
    return change


def _add_lines(change: PriceChange, prices: Iterable[NewPrice]) -> None:
    PriceChangeLine.objects.bulk_create(
        PriceChangeLine(
            change=change, product_id=one.product_id, variant_id=one.variant_id,
            old_value=one.old, new_value=one.new,
        )
        for one in prices
    )  # fmt: skip


@transaction.atomic
def cancel_change(*, change_id: int) -> PriceChange:
    """Take back a change that has not begun. Raises PricesRefused."""
    change = PriceChange.objects.select_for_update().get(pk=change_id)
    if change.state != PriceChangeState.PLANNED:
        raise PricesRefused("It is not planned any more.")
    change.state = PriceChangeState.CANCELLED
    change.save(update_fields=["state"])
    return change


@transaction.atomic
def undo_change(*, change_id: int) -> PriceChange:
    """Plan, for now, the change that takes another one back. Raises PricesRefused."""
    change = PriceChange.objects.select_for_update().get(pk=change_id)
    if change.state != PriceChangeState.APPLIED:
        raise PricesRefused("Only a change that is done can be undone.")
    if PriceChange.objects.filter(undoes=change).exists():
        raise PricesRefused("It was undone already.")
    undo = PriceChange.objects.create(
        description=f"Undoes {change}", starts_at=timezone.now(), undoes=change
    )
    PriceChangeLine.objects.bulk_create(
        PriceChangeLine(
            change=undo, product_id=line.product_id, variant_id=line.variant_id,
            old_value=line.new_value, new_value=line.old_value,
        )
        for line in change.lines.filter(skipped=False)
    )  # fmt: skip
    return undo


def apply_due_changes(now: datetime | None = None) -> int:
    """Apply each planned change whose moment has come, oldest first, once; return how many."""
    due = PriceChange.objects.filter(
        state=PriceChangeState.PLANNED, starts_at__lte=now or timezone.now()
    )
    ids = list(due.order_by("starts_at", "pk").values_list("pk", flat=True))
    return sum(_apply(pk) for pk in ids)


@transaction.atomic
def _apply(change_id: int) -> bool:
    planned = PriceChange.objects.filter(pk=change_id, state=PriceChangeState.PLANNED)
    change = planned.select_for_update().first()
    if change is None:
        return False  # another worker has done it meanwhile
    lines = list(change.lines.order_by("pk"))
    ids = {line.product_id for line in lines}
    products = {
        one.pk: one for one in Product.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    variants = {
        one.pk: one
        for one in ProductVariant.objects.select_for_update(of=("self",))
        .filter(pk__in={line.variant_id for line in lines})
        .order_by("pk")
    }
    for line in lines:
        _apply_line(line, products, variants)
    PriceChangeLine.objects.bulk_update([line for line in lines if line.skipped], ["skipped"])
    Product.objects.bulk_update(products.values(), ["price_amount"], batch_size=500)
    ProductVariant.objects.bulk_update(variants.values(), ["price_override_amount"], batch_size=500)
    update_products_minimal_variant_prices(Product.objects.filter(pk__in=ids))
    change.state, change.applied_at = PriceChangeState.APPLIED, timezone.now()
    change.save(update_fields=["state", "applied_at"])
    return True


def _apply_line(
    line: PriceChangeLine,
    products: Mapping[int, Product],
    variants: Mapping[int, ProductVariant],
) -> None:
    if line.variant_id is None:
        owner, field = products[line.product_id], "price_amount"
    else:
        owner, field = variants[line.variant_id], "price_override_amount"
    if getattr(owner, field) == line.old_value:
        setattr(owner, field, line.new_value)
    else:
        line.skipped = True

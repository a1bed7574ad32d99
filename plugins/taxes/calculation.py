"""What of a price is VAT: pure functions, in whole pence, which everybody shares.

The tax in a price is rounded for each line, half a penny up. The United Kingdom asks shops for
that: HMRC, VATREC12020, and VAT Notice 700, section 17.6 (shops must not round down). Delivery is
part of the supply of the goods and takes their rates, shared out by what is paid for them: VAT
Notice 700/24, section 2, and Value Added Tax Act 1994, section 19(4). `docs/taxes.md` has examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

Percent = Decimal
WithoutRate = Literal["same_price", "net_price"]
STANDARD = "standard"
_ZERO, _HUNDRED = Decimal(0), Decimal(100)


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """Return the amount in whole `unit`, half of one up."""
    return amount.quantize(unit, ROUND_HALF_UP)


def tax_in(gross: Decimal, percent: Percent, unit: Decimal) -> Decimal:
    """Return what of a price is tax of so many per cent of the price without it."""
    return rounded(gross * percent / (_HUNDRED + percent), unit)


def spread(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Return `total` in parts proportional to `weights`, in whole `unit`, that add up to it.

    No part is larger than its weight where `total` is not larger than all of them.
    """
    whole = sum(weights, _ZERO)
    if not whole:
        return [rounded(_ZERO, unit) for _ in weights]
    parts, so_far, given = [], _ZERO, _ZERO
    for weight in weights:
        so_far += weight
        parts.append(rounded(total * so_far / whole, unit) - given)
        given += parts[-1]
    return parts


@dataclass(frozen=True, slots=True)
class TaxRules:
    """What a shop that is registered for VAT charges on what goes to one country, on one day.

    `home` are the rates of the shop's country, which are in its prices; `there` are those of the
    destination, empty where the shop has none. `without_rate` says what a price is then: the same,
    or without the tax of home. `relief`: the customer has declared to be entitled to VAT relief.
    """

    country: str
    home: Mapping[str, Percent]
    there: Mapping[str, Percent]
    without_rate: WithoutRate = "same_price"
    relief: bool = False

    def percent(self, goods: Goods) -> Percent:
        """Return the rate of these goods; a class without its own takes the standard one."""
        return _ZERO if self._is_relieved(goods) else _rate(self.there, goods.tax_class)

    def price(self, full: Decimal, goods: Goods, unit: Decimal) -> Decimal:
        """Return what one piece costs whose price in the list is `full`, tax of home included."""
        if not self._is_without_tax(goods):
            return full
        return full - tax_in(full, _rate(self.home, goods.tax_class), unit)

    def _is_relieved(self, goods: Goods) -> bool:
        return self.relief and goods.relief

    def _is_without_tax(self, goods: Goods) -> bool:
        abroad = not self.there and self.without_rate == "net_price"
        return abroad or self._is_relieved(goods)


class Goods(NamedTuple):
    """What decides on the tax of a product: its class, and whether there is VAT relief for it."""

    tax_class: str = STANDARD
    relief: bool = False


def _rate(rates: Mapping[str, Percent], tax_class: str) -> Percent:
    return rates.get(tax_class, rates.get(STANDARD, _ZERO))


@dataclass(frozen=True, slots=True)
class TaxPart:
    """One line, or the part of the delivery that has this rate, with the tax in it.

    `line` is the line's place in its basket or order; None is for delivery.
    """

    line: int | None
    tax_class: str
    percent: Percent
    relief: bool
    gross: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        """The price without the tax."""
        return self.gross - self.tax


def tax_parts(
    rules: TaxRules,
    lines: Sequence[tuple[Goods, Decimal]],
    delivery: Decimal,
    unit: Decimal,
    shares: Sequence[Decimal] = (),
) -> tuple[TaxPart, ...]:
    """Return the tax of each line (what it is, what is paid for it) and of the delivery.

    `shares` are by what the delivery takes the lines' rates where nothing is paid for them.
    """
    paid = [amount for _goods, amount in lines]
    weights = paid if any(paid) else list(shares) or [Decimal(1)] * len(paid)
    parts = [_part(rules, goods, paid, unit, place) for place, (goods, paid) in enumerate(lines)]
    by_goods = _by_rate(rules, [goods for goods, _amount in lines], weights)
    split = spread(delivery, list(by_goods.values()), unit) if delivery else []
    return (*parts, *(_part(rules, *one, unit, None) for one in zip(by_goods, split, strict=False)))


def delivery_price(
    rules: TaxRules, full: Decimal, lines: Sequence[tuple[Goods, Decimal]], unit: Decimal
) -> Decimal:
    """Return what a delivery costs whose price is `full` with the tax of home, for these goods."""
    by_goods = _by_rate(rules, [goods for goods, _amount in lines], [each for _, each in lines])
    split = spread(full, list(by_goods.values()), unit)
    if sum(split, _ZERO) != full:  # goods that cost nothing
        return full
    return sum(
        (rules.price(part, goods, unit) for goods, part in zip(by_goods, split, strict=True)), _ZERO
    )


def _by_rate(
    rules: TaxRules, goods: Iterable[Goods], weights: Iterable[Decimal]
) -> dict[Goods, Decimal]:
    """Return the weights of the goods of each class together, what has relief apart."""
    found: dict[Goods, Decimal] = {}
    for one, weight in zip(goods, weights, strict=True):
        kind = Goods(one.tax_class, one.relief and rules.relief)
        found[kind] = found.get(kind, _ZERO) + weight
    return {one: weight for one, weight in found.items() if weight}


def _part(
    rules: TaxRules, goods: Goods, gross: Decimal, unit: Decimal, line: int | None
) -> TaxPart:
    percent = rules.percent(goods)
    tax = tax_in(gross, percent, unit)
    relieved = rules.relief and goods.relief
    return TaxPart(line, goods.tax_class, percent, relieved, rounded(gross, unit), tax)


@dataclass(frozen=True, slots=True)
class Charged:
    """One row of tax that an order was charged, and what refunds have taken of it so far."""

    key: int
    line: int | None
    gross: Decimal
    tax: Decimal
    gone_gross: Decimal = _ZERO
    gone_tax: Decimal = _ZERO

    @property
    def left(self) -> Decimal:
        """What was paid for it and has not gone back."""
        return self.gross - self.gone_gross

    def credit(self, gross: Decimal, unit: Decimal) -> Credit:
        """Return the tax in what goes back now; all refunds of a row give back its tax exactly."""
        whole = self.gone_gross + gross
        so_far = rounded(whole * self.tax / self.gross, unit) if self.gross else _ZERO
        return Credit(self.key, gross, so_far - self.gone_tax)


class Credit(NamedTuple):
    """What of a refund belongs to one row of tax (`key`), and the tax in it."""

    key: int
    gross: Decimal
    tax: Decimal


def credits_of(
    rows: Sequence[Charged],
    *,
    lines: Mapping[int, Decimal],
    delivery: Decimal,
    free: Decimal,
    unit: Decimal,
) -> list[Credit]:
    """Return the tax in a refund of `lines` (line id → amount), of delivery and of a free amount.

    A free amount lowers the price of all that is left, in proportion. Money beyond what was paid
    for the order has no tax in it.
    """
    back = {row.key: min(lines.get(row.line or 0, _ZERO), row.left) for row in rows}
    rest = free + sum(lines.values(), _ZERO) - sum(back.values(), _ZERO)
    rest += delivery - _take(rows, back, delivery, unit, delivery_only=True)
    _take(rows, back, rest, unit)
    return [row.credit(back[row.key], unit) for row in rows if back[row.key]]


def _take(
    rows: Sequence[Charged],
    back: dict[int, Decimal],
    amount: Decimal,
    unit: Decimal,
    *,
    delivery_only: bool = False,
) -> Decimal:
    """Add `amount` to what goes back of the rows, as far as it goes, and return that."""
    meant = [row for row in rows if row.line is None or not delivery_only]
    left = [row.left - back[row.key] for row in meant]
    taken = min(amount, sum(left, _ZERO))
    for row, part in zip(meant, spread(taken, left, unit), strict=True):
        back[row.key] += part
    return taken

"""What of a price is VAT, as pure arithmetic."""

from decimal import Decimal
from random import Random

import pytest

from plugins.taxes.calculation import (
    Charged,
    Goods,
    TaxRules,
    credits_of,
    delivery_price,
    tax_in,
    tax_parts,
)
from product_content.money import smallest_unit

GB = {"standard": Decimal(20), "reduced": Decimal(5), "zero": Decimal(0)}
PENNY = Decimal("0.01")


def rules(**changes):
    return TaxRules(**{"country": "GB", "home": GB, "there": GB, **changes})


@pytest.mark.parametrize(
    ("gross", "percent", "unit", "tax"),
    [
        ("1.00", "20", "0.01", "0.17"),  # 0.1667
        ("0.03", "20", "0.01", "0.01"),  # 0.005: half a penny goes up
        ("0.02", "20", "0.01", "0.00"),
        ("100.00", "5.5", "0.01", "5.21"),
        ("1100", "10", "1", "100"),  # yen
        ("1.000", "5", "0.001", "0.048"),  # dinars
    ],
)
def test_the_tax_in_a_price_is_rounded_half_up_to_the_smallest_coin(gross, percent, unit, tax):
    assert tax_in(Decimal(gross), Decimal(percent), Decimal(unit)) == Decimal(tax)


def test_the_smallest_coin_is_the_currencys():
    assert [smallest_unit(code) for code in ("GBP", "JPY", "KWD")] == [
        Decimal("0.01"),
        Decimal(1),
        Decimal("0.01"),  # a card pays no thousandth of a dinar
    ]


def test_delivery_has_one_part_for_each_class_that_is_paid_for():
    lines = [
        (Goods(), Decimal("40.00")),
        (Goods("zero"), Decimal("10.00")),
        (Goods(), Decimal("50.00")),
    ]
    parts = tax_parts(rules(), lines, Decimal("5.00"), PENNY)
    assert [(part.line, part.gross, part.tax) for part in parts] == [
        (0, Decimal("40.00"), Decimal("6.67")), (1, Decimal("10.00"), Decimal(0)), (2, Decimal("50.00"), Decimal("8.33")),
        (None, Decimal("4.50"), Decimal("0.75")), (None, Decimal("0.50"), Decimal(0)),
    ]  # fmt: skip


def test_goods_that_a_code_made_free_share_the_delivery_by_what_they_would_cost():
    lines = [(Goods(), Decimal(0)), (Goods("zero"), Decimal(0))]
    parts = tax_parts(rules(), lines, Decimal("4.00"), PENNY, [Decimal(30), Decimal(10)])
    assert [(part.gross, part.tax) for part in parts[2:]] == [
        (Decimal("3.00"), Decimal("0.50")),
        (Decimal("1.00"), Decimal(0)),
    ]


def test_a_country_without_rates_pays_the_same_or_the_price_without_tax():
    lines = [(Goods(), Decimal("12.00"))]
    for without_rate, price, delivery in (
        ("same_price", "12.00", "6.00"),
        ("net_price", "10.00", "5.00"),
    ):
        abroad = rules(country="US", there={}, without_rate=without_rate)
        assert abroad.price(Decimal("12.00"), Goods(), PENNY) == Decimal(price)
        assert delivery_price(abroad, Decimal("6.00"), lines, PENNY) == Decimal(delivery)
        assert abroad.percent(Goods()) == 0


def test_relief_is_for_what_is_marked_and_nothing_else():
    relieved = rules(relief=True)
    assert relieved.price(Decimal("12.00"), Goods("standard", relief=True), PENNY) == Decimal(
        "10.00"
    )
    assert relieved.percent(Goods("standard", relief=True)) == 0
    assert relieved.price(Decimal("12.00"), Goods(), PENNY) == Decimal("12.00")
    assert rules().price(Decimal("12.00"), Goods("standard", relief=True), PENNY) == Decimal(
        "12.00"
    )


def _refund_at_random(random, rows):
    """Return a refund of something that is left, as `credits_of` is asked."""
    left = {row.line: row.left for row in rows if row.line}
    delivery = sum((row.left for row in rows if row.line is None), Decimal(0))
    lines = {line: _some(random, most) for line, most in left.items() if random.random() < 0.5}
    free = (
        _some(random, sum((row.left for row in rows), Decimal(0)))
        if random.random() < 0.3
        else Decimal(0)
    )
    back = _some(random, delivery) if random.random() < 0.4 else Decimal(0)
    return {"lines": lines, "delivery": back, "free": free}


def _some(random, most):
    return Decimal(random.randint(0, int(most * 100))) / 100


@pytest.mark.parametrize("seed", range(40))
def test_refunds_of_any_kind_give_back_all_tax_and_never_more(seed):
    random = Random(seed)  # noqa: S311  no secret
    lines = [
        (Goods(random.choice(tuple(GB))), Decimal(random.randint(1, 9999)) / 100) for _ in range(3)
    ]
    parts = tax_parts(rules(), lines, Decimal(random.randint(0, 900)) / 100, PENNY)
    rows = [
        Charged(key, None if part.line is None else part.line + 1, part.gross, part.tax)
        for key, part in enumerate(parts)
    ]
    for number in range(6):
        wanted = _refund_at_random(random, rows)
        if number == 5:
            left = sum((row.left for row in rows), Decimal(0))
            wanted = {"lines": {}, "delivery": Decimal(0), "free": left}
        found = {one.key: one for one in credits_of(rows, **wanted, unit=PENNY)}
        rows = [_less(row, found.get(row.key)) for row in rows]
        assert all(row.left >= 0 and 0 <= row.gone_tax <= row.tax for row in rows)
    assert [(row.left, row.gone_tax) for row in rows] == [(Decimal(0), row.tax) for row in rows]


def _less(row, credit):
    if credit is None:
        return row
    return Charged(
        row.key, row.line, row.gross, row.tax,
        row.gone_gross + credit.gross, row.gone_tax + credit.tax,
    )  # fmt: skip


def test_money_beyond_what_was_paid_has_no_tax_in_it():
    rows = [Charged(1, 7, Decimal("12.00"), Decimal("2.00"))]
    found = credits_of(rows, lines={}, delivery=Decimal(0), free=Decimal("50.00"), unit=PENNY)
    assert found == [(1, Decimal("12.00"), Decimal("2.00"))]

"""The size finder asks for the stock of few sets, and suggests what it would if it asked for all."""

from random import Random

import pytest

from product_content.types import ProductOutline, SizeInfo
from storefront.sets import MAX_SUGGESTED_SETS, best_sets, fitting_sets

CHART = [SizeInfo(number, 10 + number, 0, 90, 0, 20) for number in range(1, 8)]
FIRST_ASKED = 2 * MAX_SUGGESTED_SETS


def outline(pk, sizes, *, magnetic=False, firm=False):
    """A set; what is available of it is not known here."""
    return ProductOutline(
        id=pk, slug=f"set-{pk}", kind="sets", name=f"Set {pk}", material="Silicone", firmness="Soft",
        sizes=tuple(sizes), magnetic=magnetic, firm=firm, available=0,
    )  # fmt: skip


class Stock:
    """What is left of each set, and for which it was asked, question by question."""

    def __init__(self, left):
        self.left, self.asked = left, []

    def __call__(self, ids):
        self.asked.append(set(ids))
        return {pk: self.left[pk] for pk in ids if pk in self.left}


def fit(size, one):
    bigger = CHART[size.number : size.number + 1]
    too_small = sum(each.number < size.number for each in one.sizes)
    return (bool(bigger) and bigger[0] not in one.sizes, too_small, len(one.sizes))


@pytest.mark.parametrize("share_in_stock", [0, 0.05, 0.5, 1])
def test_it_suggests_what_it_would_with_the_stock_of_all(share_in_stock):
    chance = Random(7)  # noqa: S311
    sets = []
    for pk in range(1, 300):
        first, many = chance.randint(0, 6), chance.randint(1, 4)
        magnetic, firm = pk % 11 == 0, pk % 13 == 0
        sets.append(outline(pk, CHART[first : first + many], magnetic=magnetic, firm=firm))
    stock = Stock({one.id: int(chance.random() < share_in_stock) for one in sets})
    wanted = []
    for size in CHART:
        having = [one for one in sets if one.suits_most and size in one.sizes]
        having.sort(key=lambda one: (not stock.left[one.id], *fit(size, one)))
        wanted.append(tuple(one.id for one in having[:3]))
    assert best_sets(fitting_sets(CHART, sets), stock) == wanted


def test_it_asks_once_for_few_sets_of_each_size_while_these_are_left():
    sets = [outline(pk, CHART) for pk in range(1, 1000)]
    stock = Stock({one.id: 1 for one in sets})
    assert best_sets(fitting_sets(CHART, sets), stock) == [(1, 2, 3)] * len(CHART)
    assert stock.asked == [set(range(1, FIRST_ASKED + 1))]


def test_it_asks_for_more_of_a_size_only_while_those_that_fit_best_are_sold_out():
    sets = [outline(pk, [CHART[0]]) for pk in range(1, 100)]
    sets += [outline(pk, [CHART[3]]) for pk in range(100, 200)]
    stock = Stock(dict.fromkeys((20, 21, 22, *range(100, 200)), 1))
    best = best_sets(fitting_sets(CHART, sets), stock)
    assert stock.asked == [{*range(1, 7), *range(100, 106)}, set(range(7, 25))]
    assert best[0] == (20, 21, 22)


def test_a_set_that_is_gone_meanwhile_counts_as_sold_out():
    sets = [outline(pk, [CHART[0]]) for pk in (1, 2, 3, 4)]
    assert best_sets(fitting_sets(CHART, sets), Stock({2: 1, 3: 1, 4: 1}))[0] == (2, 3, 4)


def test_no_set_with_magnets_or_of_the_firm_sort_is_asked_for():
    sets = [outline(1, CHART, magnetic=True), outline(2, CHART, firm=True), outline(3, CHART)]
    stock = Stock({1: 5, 2: 5, 3: 5})
    assert best_sets(fitting_sets(CHART, sets), stock) == [(3,)] * len(CHART)
    assert stock.asked == [{3}]


def test_without_sets_nothing_is_suggested():
    assert best_sets(fitting_sets(CHART, []), Stock({})) == [()] * len(CHART)

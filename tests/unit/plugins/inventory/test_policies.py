"""Rules of moving goods."""

import pytest

from plugins.inventory import policies


@pytest.mark.parametrize(
    ("expected", "current", "wanted", "answer"),
    [
        (5, 5, 7, (True, "")),
        (5, 5, 0, (True, "")),
        (5, 4, 7, (False, "Someone changed this stock meanwhile: it is 4 now, not 5.")),
        (5, 5, 5, (False, "The quantity is 5 already.")),
    ],
)
def test_a_stock_may_be_set(expected, current, wanted, answer):
    decision = policies.may_set_stock(expected=expected, current=current, wanted=wanted)
    assert decision == answer


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        (3, (True, "")),
        (4, (False, "Only 3 are free: 5 on hand, 2 reserved by orders.")),
        (0, (False, "The number of pieces must be above zero.")),
    ],
)
def test_only_free_pieces_are_taken(pieces, answer):
    assert policies.may_take(pieces=pieces, quantity=5, allocated=2) == answer


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        (100, (True, "")),
        (0, (False, "The number of pieces must be above zero.")),
        (101, (False, "101 pieces at once looks like a mistake: 100 are the most.")),
    ],
)
def test_a_barcode_is_not_a_number_of_pieces(pieces, answer):
    assert policies.may_add(pieces=pieces, maximum=100) == answer

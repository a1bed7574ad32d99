"""Rules of the dashboard."""

import pytest

from dashboard import policies


@pytest.mark.parametrize(
    ("seen", "current", "allocated", "wanted", "answer"),
    [
        (5, 5, 2, 7, (True, "")),
        (5, 5, 2, 2, (True, "")),
        (5, 4, 0, 7, (False, "Someone changed this stock meanwhile: it is 4 now, not 5.")),
        (5, 5, 0, 5, (False, "The quantity is 5 already.")),
        (5, 5, 2, 1, (False, "2 are reserved by orders, so it cannot go below 2.")),
    ],
)
def test_a_stock_may_be_set(seen, current, allocated, wanted, answer):
    assert (
        policies.may_set_stock(seen=seen, current=current, allocated=allocated, wanted=wanted)
        == answer
    )


def test_a_product_without_a_safety_card_is_not_published():
    assert policies.may_publish(has_card=False, has_variants=True) == (
        False,
        "its safety card is not complete",
    )


def test_a_product_without_a_variant_is_not_published():
    assert policies.may_publish(has_card=True, has_variants=False) == (
        False,
        "it has nothing to sell yet (no variant)",
    )


def test_a_complete_product_is_published():
    assert policies.may_publish(has_card=True, has_variants=True) == (True, "")


def test_nobody_manages_staff_who_may_do_more():
    assert policies.may_manage_staff(manager=["a"], other=["a"]) == (True, "")
    assert policies.may_manage_staff(manager=["a"], other=["a", "b"]) == (
        False,
        "They may do more than you may.",
    )

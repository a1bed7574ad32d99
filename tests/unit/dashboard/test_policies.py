"""Rules of the dashboard."""

import pytest

from dashboard import policies

COMPLETE = {
    "is_of_our_kind": True,
    "has_texts": True,
    "has_card": True,
    "has_variants": True,
    "names_sizes": True,
}


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("is_of_our_kind", "its category has no place in the shop"),
        ("has_texts", "its texts are not written"),
        ("has_card", "its safety card is not complete"),
        ("has_variants", "it has nothing to sell yet (no variant)"),
        ("names_sizes", "it does not name its sizes"),
    ],
)
def test_a_product_of_which_something_is_missing_is_not_published(missing, reason):
    assert policies.may_publish(**COMPLETE | {missing: False}) == (False, reason)


def test_all_that_is_missing_is_said_at_once():
    lacking = {"has_texts": False, "names_sizes": False}
    assert policies.may_publish(**COMPLETE | lacking) == (
        False,
        "its texts are not written; it does not name its sizes",
    )


def test_a_complete_product_is_published():
    assert policies.may_publish(**COMPLETE) == (True, "")


def test_nobody_manages_staff_who_may_do_more():
    assert policies.may_manage_staff(manager=["a"], other=["a"]) == (True, "")
    assert policies.may_manage_staff(manager=["a"], other=["a", "b"]) == (
        False,
        "They may do more than you may.",
    )


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "Waiting"),
        ({"cancelled": True}, "Not paid"),
        ({"settled": True, "kept": True}, "Paid"),
        ({"settled": True, "back": True, "kept": True}, "Partly refunded"),
        ({"settled": True, "back": True}, "Refunded"),
        ({"back": True, "kept": True, "cancelled": True}, "Partly refunded"),
    ],
)
def test_an_order_is_called_what_its_money_is(facts, word):
    known = dict.fromkeys(("settled", "back", "kept", "cancelled"), False)
    assert policies.payment_state(**known | facts) == word

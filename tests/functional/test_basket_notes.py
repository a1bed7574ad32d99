"""What was done to a basket is said once, whichever version of the shop keeps and says it."""

from uuid import uuid4

import pytest
from django.core.cache import cache

from storefront.baskets import BasketNote, leave_note, take_note

ADDED = BasketNote("added", variant_id=3, quantity=2)


def kept_of(token):
    return cache.get(f"basket-said-{token}")


def test_it_is_said_once():
    token = uuid4()
    leave_note(token, ADDED)
    assert [take_note(token), take_note(token)] == [ADDED, None]
    assert take_note(uuid4()) is None
    assert take_note(None) is None


def test_it_is_kept_without_a_class_that_another_version_may_not_have():
    token = uuid4()
    leave_note(token, ADDED)
    assert kept_of(token) == {"kind": "added", "variant_id": 3, "quantity": 2, "code": ""}


@pytest.mark.parametrize("kept", [{"kind": "added", "later": 1}, {}, [], "text"])
def test_one_that_is_not_understood_is_none_and_goes(kept):
    token = uuid4()
    cache.set(f"basket-said-{token}", kept)
    assert take_note(token) is None
    assert kept_of(token) is None

"""Rules of the dashboard."""

from dashboard import policies


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

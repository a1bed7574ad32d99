"""Vouchers and gift cards in a basket."""

from decimal import Decimal

import pytest
from django.utils import timezone
from prices import Money

from storefront.basket_changes import (
    add_to_basket,
    apply_code,
    change_line,
    remove_gift_card,
    remove_voucher,
)
from storefront.baskets import get_basket
from storefront.wording import CodeRefused, LineGone
from tests.factories import GiftCardFactory, VoucherFactory


def pounds(amount):
    return Money(Decimal(amount), "GBP")


@pytest.fixture
def token(shop):
    return add_to_basket(token=None, variant_id=shop.starter.pk, quantity=1).token


def test_a_voucher_lowers_the_total(token):
    apply_code(token=token, code=VoucherFactory(code="CALM10", discount_value="10.00").code)
    basket = get_basket(token)
    assert (basket.voucher_code, basket.totals.discount, basket.due) == (
        "CALM10",
        pounds(10),
        pounds(29),
    )


def test_small_letters_will_do(token):
    VoucherFactory(code="CALM10")
    apply_code(token=token, code="calm10")
    assert get_basket(token).voucher_code == "CALM10"


def test_a_voucher_above_the_sum_makes_it_free_never_negative(token):
    apply_code(token=token, code=VoucherFactory(discount_value="500.00").code)
    basket = get_basket(token)
    assert (basket.totals.discount, basket.totals.total, basket.due) == (
        pounds(39),
        pounds(0),
        pounds(0),
    )


def test_a_voucher_with_a_minimum_says_it_in_plain_words(token):
    code = VoucherFactory(min_spent_amount="50.00").code
    with pytest.raises(CodeRefused, match=r"orders of £50\.00 or more: £11\.00 more is needed"):
        apply_code(token=token, code=code)
    assert get_basket(token).voucher_code == ""


def test_a_voucher_below_its_minimum_waits_and_says_what_is_missing(shop, token):
    add_to_basket(token=token, variant_id=shop.lubricant.pk, quantity=2)
    apply_code(token=token, code=VoucherFactory(min_spent_amount="50.00").code)
    line = next(line for line in get_basket(token).lines if "lubricant" in line.name)
    change_line(token=token, line_id=line.id, quantity=0)
    basket = get_basket(token)
    assert (basket.totals.discount, basket.due) == (pounds(0), pounds(39))
    [left_out] = basket.left_out
    assert left_out.name == basket.voucher_code
    assert left_out.reason == ("This code is for orders of £50.00 or more: £11.00 more is needed.")
    add_to_basket(token=token, variant_id=shop.lubricant.pk, quantity=2)
    basket = get_basket(token)
    assert (basket.totals.discount, basket.left_out) == (pounds(10), ())


@pytest.mark.parametrize("code", ["NOPE", "' OR 1=1", "x" * 16])
def test_an_unknown_code_is_refused(token, code):
    with pytest.raises(CodeRefused, match="We do not know this code"):
        apply_code(token=token, code=code)


def test_an_ended_voucher_is_as_good_as_unknown(token):
    VoucherFactory(code="OLD", end_date=timezone.now() - timezone.timedelta(days=1))
    with pytest.raises(CodeRefused, match="We do not know this code"):
        apply_code(token=token, code="OLD")


def test_a_gift_card_pays_its_part(token):
    apply_code(
        token=token, code=GiftCardFactory(code="GIFT1234", initial_balance_amount="20.00").code
    )
    basket = get_basket(token)
    assert (basket.totals.total, basket.totals.card_total, basket.due) == (
        pounds(39),
        pounds(20),
        pounds(19),
    )
    assert [card.code_end for card in basket.gift_cards] == ["1234"]


def test_a_gift_card_above_the_sum_leaves_nothing_to_pay(token):
    apply_code(token=token, code=GiftCardFactory(initial_balance_amount="100.00").code)
    basket = get_basket(token)
    assert (basket.totals.card_total, basket.due) == (pounds(39), pounds(0))


@pytest.mark.parametrize("fields", [{"current_balance_amount": 0}, {"is_active": False}])
def test_an_empty_or_ended_gift_card_is_refused(token, fields):
    with pytest.raises(CodeRefused):
        apply_code(token=token, code=GiftCardFactory(**fields).code)
    assert get_basket(token).gift_cards == ()


def test_codes_can_be_taken_out_again(token):
    card = GiftCardFactory()
    apply_code(token=token, code=card.code)
    apply_code(token=token, code=VoucherFactory().code)
    remove_voucher(token=token)
    remove_gift_card(token=token, card_id=card.pk)
    basket = get_basket(token)
    assert (basket.voucher_code, basket.gift_cards, basket.due) == ("", (), pounds(39))


def test_a_gift_card_of_another_basket_stays_there(shop, token):
    other = add_to_basket(token=None, variant_id=shop.full.pk, quantity=1).token
    card = GiftCardFactory()
    apply_code(token=other, code=card.code)
    remove_gift_card(token=token, card_id=card.pk)
    assert len(get_basket(other).gift_cards) == 1


def test_without_a_basket_no_code_is_taken(shop):
    with pytest.raises(LineGone):
        apply_code(token=None, code=VoucherFactory().code)

"""Promo codes as people type them, and one code for one voucher or gift card."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from prices import Money
from saleor.discount.models import Voucher, VoucherTranslation
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.order_emails.kinds.orders import order_sums
from plugins.ordering.codes import voucher_name
from plugins.ordering.placing import place_order
from storefront.basket_changes import apply_code
from storefront.baskets import get_basket
from storefront.orders import get_order_page
from storefront.wording import CodeRefused
from tests import personas
from tests.factories import GiftCardFactory, VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once

pytestmark = pytest.mark.django_db
CARDS = "/staff/dashboard/maskedgiftcard/"
VOUCHERS = "/staff/discount/voucher/"


@pytest.fixture
def token():
    return basket((variant_in_stock(9), 1)).pk


SPELLINGS = [
    "CALM10", "calm10", "Calm-10", " calm 10 ", "CALM\u00a010", "“calm10”", "'CALM10'", "«Calm-10»",
    "C-A-L-M 1 0", "calm\u201110", "calm\u200b10", "ＣＡＬＭ１０", "CALM_10", "calm.10",
]  # fmt: skip


@pytest.mark.parametrize("stored", ["CALM10", "calm10", "Calm-10", "calm 10"])
@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_voucher_is_found_however_it_is_stored_and_typed(token, stored, typed):
    VoucherFactory(code=stored, discount_value="10.00")
    apply_code(token=token, code=typed)
    shown = get_basket(token)
    assert (shown.voucher_code, shown.totals.discount) == (stored, Money("10.00", "GBP"))


def test_a_gift_card_typed_in_groups_and_small_letters_pays(token):
    GiftCardFactory(code="ABCDEFGH23456789")
    apply_code(token=token, code="abcd-efgh 2345-6789")
    assert get_basket(token).totals.card_total == Money("20.00", "GBP")


def test_letters_of_other_languages_have_no_case_either(token):
    VoucherFactory(code="ñandú")
    apply_code(token=token, code="ÑANDU\u0301")  # the accent typed apart
    assert get_basket(token).voucher_code == "ñandú"


@pytest.mark.parametrize("typed", ["", "---", "“”", "\x00", "CALM1", "CALM100"])
def test_what_is_another_code_is_not_found(token, typed):
    VoucherFactory(code="CALM10")
    with pytest.raises(CodeRefused, match="We do not know this code"):
        apply_code(token=token, code=typed)


def test_the_form_takes_a_code_with_quotes_and_groups(client):
    page = client.post("/basket/code/", {"code": "“ABCD - EFGH - 2345 - 6789”"})
    assert "A code is shorter than that" not in page.content.decode()


@pytest.mark.parametrize("respelt", ["Calm-10", "calm10"])
def test_a_code_that_staff_spell_anew_stays_in_its_basket_and_is_ordered(respelt):
    voucher = VoucherFactory(code="CALM10", discount_value="10.00")
    checkout = basket((variant_in_stock(9), 1), voucher=voucher)
    Voucher.objects.update(code=respelt)
    placed = place_order(checkout_token=checkout.pk)
    assert placed.total == Money("42.50", "GBP")
    assert Voucher.objects.get().used == 1


def voucher_form(**fields):
    return {
        "code": "SPRING", "type": "entire_order", "discount_value_type": "percentage",
        "discount_value": "10", "start_date_0": "2026-01-02", "start_date_1": "00:00:00", **fields,
    }  # fmt: skip


def code_errors(answer):
    return answer.context["adminform"].form.errors.get("code", [])


@pytest.mark.parametrize("typed", ["calm-10", "CALM 10", "“Calm10”"])
@pytest.mark.parametrize(
    ("make", "owner"), [(VoucherFactory, "voucher"), (GiftCardFactory, "gift card")]
)
def test_a_code_that_is_taken_in_another_spelling_is_refused_in_words(make, owner, typed):
    make(code="CALM10")
    who = personas.staff("discount.manage_discounts")
    answer = who.post(f"{VOUCHERS}add/", voucher_form(code=typed))
    assert code_errors(answer) == [
        f"A {owner} has this code already. Capitals, spaces and hyphens make no difference."
    ]
    assert not Voucher.objects.filter(code=typed).exists()


def test_a_voucher_may_be_spelt_anew():
    voucher = VoucherFactory(code="CALM10")
    who = personas.staff("discount.manage_discounts")
    answer = who.post(f"{VOUCHERS}{voucher.pk}/change/", voucher_form(code="Calm-10"))
    assert answer.status_code == 302
    voucher.refresh_from_db()
    assert voucher.code == "Calm-10"


def test_a_code_needs_a_letter_or_a_digit():
    who = personas.staff("discount.manage_discounts")
    answer = who.post(f"{VOUCHERS}add/", voucher_form(code="-- --"))
    assert code_errors(answer) == ["A code needs at least one letter or digit."]


@pytest.mark.parametrize("first", [VoucherFactory, GiftCardFactory])
@pytest.mark.parametrize("second", [VoucherFactory, GiftCardFactory])
def test_the_database_refuses_a_second_owner_of_a_code(first, second):
    first(code="CALM10")
    with pytest.raises(IntegrityError, match="has this code already"), transaction.atomic():
        second(code="calm-10")
    assert Voucher.objects.count() + GiftCard.objects.count() == 1


def test_the_database_refuses_a_change_to_a_code_that_is_taken():
    VoucherFactory(code="CALM10")
    other = VoucherFactory(code="SPRING")
    with pytest.raises(IntegrityError, match="has this code already"), transaction.atomic():
        Voucher.objects.filter(pk=other.pk).update(code="c a l m 10")


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_saved_at_once_one_has_the_code():
    def save(make, code):
        try:
            make(code=code)
        except IntegrityError:
            return "refused"
        return "saved"

    outcomes = at_once(
        lambda: save(VoucherFactory, "CALM10"), lambda: save(GiftCardFactory, "calm-10")
    )
    assert sorted(outcomes) == ["refused", "saved"]
    assert Voucher.objects.count() + GiftCard.objects.count() == 1


def twice_the_same(*codes):
    """Store codes as a shop of before has them, past the rule of the database."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE discount_voucher DISABLE TRIGGER stillwater_voucher_code")
        vouchers = [VoucherFactory(code=code, discount_value=n) for n, code in enumerate(codes, 1)]
        cursor.execute("ALTER TABLE discount_voucher ENABLE TRIGGER stillwater_voucher_code")
    return vouchers


def test_of_two_spellings_of_before_each_is_found_by_its_own(token):
    twice_the_same("CALM10", "calm10")
    for typed, found in {"calm10": "calm10", "CALM10": "CALM10", "Calm-10": "CALM10"}.items():
        apply_code(token=token, code=typed)
        assert get_basket(token).voucher_code == found


def test_a_voucher_of_before_whose_code_is_double_can_still_be_edited():
    first, _second = twice_the_same("CALM10", "calm10")
    who = personas.staff("discount.manage_discounts")
    answer = who.post(f"{VOUCHERS}{first.pk}/change/", voucher_form(code="CALM10", name="New"))
    assert answer.status_code == 302
    first.refresh_from_db()
    assert first.name == "New"


def found_by_staff(who, url, term):
    return [row.code for row in who.get(url, {"q": term}).context["cl"].result_list]


def test_staff_find_codes_in_any_spelling_and_gift_cards_only_whole():
    VoucherFactory(code="Calm-10")
    GiftCardFactory(code="ABCDEFGH23456789")
    vouchers = personas.staff("discount.manage_discounts")
    cards = personas.staff("giftcard.manage_gift_card")
    assert found_by_staff(vouchers, VOUCHERS, "CALM 10") == ["Calm-10"]
    assert found_by_staff(vouchers, VOUCHERS, "alm") == ["Calm-10"]
    assert found_by_staff(cards, CARDS, "abcd-efgh-2345-6789") == ["ABCDEFGH23456789"]
    assert found_by_staff(cards, CARDS, "abcd-efgh") == []


NAMES = [
    ({"discount_value_type": "percentage", "discount_value": "10"}, "10 % off", "10 % menos"),
    ({"discount_value_type": "percentage", "discount_value": "7.5"}, "7.5 % off", "7,5 % menos"),
    ({"discount_value": "5.00"}, "£5.00 off", "5,00 GBP menos"),
    (
        {"type": "shipping", "discount_value_type": "percentage", "discount_value": "100"},
        "Free delivery", "Envío gratis",
    ),
    (
        {"type": "shipping", "discount_value": "2.00"},
        "£2.00 off delivery", "2,00 GBP menos en el envío",
    ),
    ({"name": "Spring"}, "Spring", "Spring"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "english", "spanish"), NAMES)
def test_a_voucher_without_a_name_is_called_by_its_value(fields, english, spanish):
    voucher = VoucherFactory(**fields)
    voucher.refresh_from_db()
    assert voucher_name(voucher) == str(voucher) == english
    with translation.override("es"):
        assert voucher_name(voucher).replace("\xa0", " ") == spanish


def test_a_name_that_staff_translated_is_used():
    voucher = VoucherFactory(name="Spring")
    VoucherTranslation.objects.create(voucher=voucher, language_code="es", name="Primavera")
    with translation.override("es"):
        assert voucher_name(voucher) == "Primavera"


def test_basket_order_receipt_e_mail_and_staff_name_the_code_alike():
    voucher = VoucherFactory(code="calm10", discount_value_type="percentage", discount_value="10")
    checkout = basket((variant_in_stock(9), 1), voucher=voucher)
    assert [one.name for one in get_basket(checkout.pk).totals.discounts] == ["10 % off"]
    placed = place_order(checkout_token=checkout.pk)
    Voucher.objects.update(discount_value="5")  # what was ordered keeps its name
    order = Order.objects.get(pk=placed.order_id)
    page = get_order_page(order.token)
    named = [(one.name, one.amount) for one in page.totals.discounts]
    assert named == [("10 % off", Money("4.90", "GBP"))]
    assert ("10 % off", "-£4.90") in order_sums(page.totals, "en_GB")
    staff = personas.staff("order.manage_orders")
    html = staff.get(f"/staff/order/order/{order.pk}/change/").content.decode()
    assert "£4.90 (10 % off)" in html


def names(placed):
    return [one.name for one in get_order_page(placed.order_token).totals.discounts]


def test_an_order_keeps_the_name_in_its_customers_language():
    voucher = VoucherFactory(discount_value_type="percentage", discount_value="10")
    checkout = basket((variant_in_stock(9), 1), voucher=voucher)
    with translation.override("es"):
        placed = place_order(checkout_token=checkout.pk)
        assert names(placed) == ["10 % menos"]
    assert names(placed) == ["10 % off"]

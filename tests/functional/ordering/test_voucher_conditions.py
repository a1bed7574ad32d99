"""Each condition that the form of a voucher takes has an effect, in the basket and in the order.

The table is every kind of voucher with every condition. A condition is written in two ways: so
that the basket meets it, and so that it does not.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from prices import Money
from saleor.checkout.models import Checkout
from saleor.discount.models import Voucher, VoucherCustomer
from saleor.order.models import Order
from saleor.product.models import Category, Collection

from plugins.ordering.codes import condition_problems
from plugins.ordering.outcomes import PromoNotApplicable
from plugins.ordering.placing import place_order
from storefront.basket_changes import apply_code
from storefront.baskets import get_basket
from storefront.wording import CodeRefused
from tests import personas
from tests.factories import VoucherFactory, basket, variant_in_stock

pytestmark = pytest.mark.django_db
VOUCHERS = "/staff/discount/voucher/"
KINDS = ("entire_order", "shipping", "specific_product")
NOW = timezone.now()
PAST, YESTERDAY, FUTURE = (NOW + timedelta(days=days) for days in (-9, -1, 9))


@pytest.fixture
def chosen():
    """A variant that is in the basket, twice; its product is in a collection and a category."""
    variant = variant_in_stock(50, price="10.00")
    Collection.objects.create(name="Soft", slug="soft").products.add(variant.product)
    Collection.objects.create(name="Other", slug="other")
    Category.objects.create(name="Other", slug="other")
    return variant


def fields_of(condition, chosen):
    """Return the form's fields of a condition, with the ids of goods."""
    where = {
        ("products", CHOSEN): chosen.product_id,
        ("products", OTHER): variant_in_stock(1).product_id,
        ("collections", CHOSEN): Collection.objects.get(slug="soft").pk,
        ("collections", OTHER): Collection.objects.get(slug="other").pk,
        ("categories", CHOSEN): chosen.product.category_id,
        ("categories", OTHER): Category.objects.get(slug="other").pk,
    }
    return {
        field: [where[field, value]] if value in (CHOSEN, OTHER) else value
        for field, value in condition.items()
    }


def moment(name, at):
    local = timezone.localtime(at)
    return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}


CHOSEN, OTHER = "in the basket", "elsewhere"  # goods; filled in by `fields_of`
# name: (fields that the basket meets, fields that it does not)
CONDITIONS = {
    "countries": ({"countries": ["GB"]}, {"countries": ["IE", "ES"]}),
    "once per order": (None, {"apply_once_per_order": "on"}),
    "once per customer": (None, {"apply_once_per_customer": "on"}),
    "products": ({"products": CHOSEN}, {"products": OTHER}),
    "collections": ({"collections": CHOSEN}, {"collections": OTHER}),
    "categories": ({"categories": CHOSEN}, {"categories": OTHER}),
    "minimum spent": ({"min_spent_amount": "20"}, {"min_spent_amount": "20.01"}),
    "minimum pieces": (
        {"min_checkout_items_quantity": "2"}, {"min_checkout_items_quantity": "3"},
    ),
    "usage limit": ({"usage_limit": "2"}, {"usage_limit": "1"}),
    "start": (moment("start_date", PAST), moment("start_date", FUTURE)),
    "end": (moment("end_date", FUTURE), moment("end_date", YESTERDAY)),
}  # fmt: skip
GOODS = ("products", "collections", "categories")
REFUSED = {
    (kind, condition)
    for kind in ("entire_order", "shipping")
    for condition in ("once per order", *GOODS)
}
TABLE = [(kind, condition) for kind in KINDS for condition in CONDITIONS]


def save(kind, fields):
    """Send the form as staff do; return its errors, empty once the voucher is saved."""
    data = {
        "code": "SPRING", "type": kind, "discount_value_type": "percentage",
        "discount_value": "10", "start_date_0": "2026-01-02", "start_date_1": "00:00:00", **fields,
    }  # fmt: skip
    answer = personas.staff("discount.manage_discounts").post(f"{VOUCHERS}add/", data)
    return {} if answer.status_code == 302 else answer.context["adminform"].form.errors


def taken_off(checkout):
    """Return what the code takes off in the basket; None where it is refused."""
    with suppress(CodeRefused):
        apply_code(token=checkout.pk, code="spring")
        return get_basket(checkout.pk).totals.discount
    return None


def ordered(checkout):
    """Return what the code takes off in the order, whatever the basket said; None if refused."""
    Checkout.objects.filter(pk=checkout.pk).update(voucher_code="SPRING")
    try:
        placed = place_order(checkout_token=checkout.pk)
    except PromoNotApplicable:
        return None
    return Order.objects.get(pk=placed.order_id).discount


def plain(kind, condition, chosen):
    """Return the fields of a voucher of this kind that has no condition beside."""
    needs_goods = kind == "specific_product" and condition not in GOODS
    return {"products": [chosen.product_id]} if needs_goods else {}


@pytest.mark.parametrize(("kind", "condition"), TABLE)
def test_a_condition_is_refused_by_the_form_or_has_an_effect(kind, condition, chosen):
    _meets, fails = CONDITIONS[condition]
    errors = save(kind, {**plain(kind, condition, chosen), **fields_of(fails, chosen)})
    assert bool(errors) is ((kind, condition) in REFUSED)
    if errors:
        assert not Voucher.objects.exists()
        return
    Voucher.objects.update(used=1)  # reaches a limit of one
    VoucherCustomer.objects.create(
        voucher=Voucher.objects.get(), customer_email="Robin@example.org"
    )
    effect = Money("1.00", "GBP") if condition == "once per order" else None
    checkout = basket((chosen, 2))
    assert (taken_off(checkout), ordered(checkout)) == (effect, effect)


@pytest.mark.parametrize(
    ("kind", "condition"),
    [pair for pair in TABLE if pair not in REFUSED and CONDITIONS[pair[1]][0]],
)
def test_a_condition_that_is_met_takes_the_discount_off(kind, condition, chosen):
    meets, _fails = CONDITIONS[condition]
    assert save(kind, {**plain(kind, condition, chosen), **fields_of(meets, chosen)}) == {}
    Voucher.objects.update(used=1)
    effect = Money("0.35" if kind == "shipping" else "2.00", "GBP")
    checkout = basket((chosen, 2))
    assert (taken_off(checkout), ordered(checkout)) == (effect, effect)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("once_per_order", [False, True])
@pytest.mark.parametrize("for_goods", [False, True])
def test_what_a_kind_does_not_look_at_is_refused(kind, once_per_order, for_goods):
    problems = condition_problems(kind, once_per_order=once_per_order, for_goods=for_goods)
    if kind == "specific_product":
        assert set(problems) == (set() if for_goods else {"products"})
    else:
        wrong = {"apply_once_per_order"} if once_per_order else set()
        assert set(problems) == wrong | ({"products"} if for_goods else set())


def test_a_kind_cannot_be_changed_away_from_what_it_is_for(chosen):
    assert save("specific_product", {"products": [chosen.product_id]}) == {}
    voucher = Voucher.objects.get()
    data = {
        "code": "SPRING", "type": "entire_order", "discount_value_type": "percentage",
        "discount_value": "10", "start_date_0": "2026-01-02", "start_date_1": "00:00:00",
        "products": [chosen.product_id],
    }  # fmt: skip
    who = personas.staff("discount.manage_discounts")
    answer = who.post(f"{VOUCHERS}{voucher.pk}/change/", data)
    assert list(answer.context["adminform"].form.errors) == ["products"]
    voucher.refresh_from_db()
    assert voucher.type == "specific_product"


@pytest.mark.parametrize("field", ["usage_limit", "min_checkout_items_quantity"])
def test_a_limit_of_nothing_is_refused(field):
    assert save("entire_order", {field: "0"}) == {
        field: ["Write 1 or more, or leave it empty for no limit."]
    }


def test_a_minimum_of_nothing_is_none():
    assert save("entire_order", {"min_spent_amount": "0"}) == {}
    assert Voucher.objects.get().min_spent_amount is None


def test_a_category_is_for_what_stands_below_it_too(chosen):
    above = Category.objects.create(name="All", slug="all")
    chosen.product.category.move_to(above)
    chosen.product.category.save()
    assert save("specific_product", {"categories": [above.pk]}) == {}
    assert taken_off(basket((chosen, 2))) == Money("2.00", "GBP")


def test_before_the_address_is_known_a_code_for_countries_is_taken(chosen):
    VoucherFactory(code="SPRING", countries=["IE"], discount_value="1.00")
    checkout = basket((chosen, 2), shipping_address=None)
    assert taken_off(checkout) == Money("1.00", "GBP")


TEXTS = [
    ({"min_spent_amount": "50"}, "This code is for orders of £50.00 or more: £30.00 more is needed."),
    (
        {"min_checkout_items_quantity": 3}, "This code is for orders of 3 pieces or more: 1 more is needed."
    ),
    ({"countries": ["IE"]}, "This code is not for orders to this country: United Kingdom."),
    (
        {"type": "shipping", "discount_value": "1"},
        "This code is for delivery. It counts once you have chosen the delivery.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "text"), TEXTS)
def test_the_customer_is_told_why_in_our_words_and_their_language(chosen, fields, text):
    VoucherFactory(code="SPRING", **fields)
    delivery = {"shipping_method": None} if fields.get("type") == "shipping" else {}
    checkout = basket((chosen, 2), **delivery)
    with pytest.raises(CodeRefused) as refused:
        apply_code(token=checkout.pk, code="SPRING")
    assert str(refused.value) == text
    with translation.override("es"), pytest.raises(CodeRefused) as refused:
        apply_code(token=checkout.pk, code="SPRING")
    assert str(refused.value).startswith("Este código")

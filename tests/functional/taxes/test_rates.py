"""Which rate holds, who may change it, and what a shop that is not registered shows."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from saleor.plugins.manager import get_plugins_manager
from saleor.warehouse.models import Stock, Warehouse

from dashboard.roles import ROLES
from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import announce_return, record_return
from plugins.ordering.placing import place_order
from plugins.ordering.totals import totals_of_order
from plugins.taxes.models import OrderTax, ProductTax, TaxRate
from plugins.taxes.plugin import current_settings, tax_rules_for
from plugins.taxes.rates import parse_number
from product_content.decisions import Refused
from storefront.baskets import build_basket, find_checkout
from tests.factories import AddressFactory, UserFactory, VariantFactory, basket, variant_in_stock
from tests.functional.taxes.conftest import buy, goods
from tests.personas import anonymous, customer, in_role

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS, RATES = "/staff/taxes/taxsettings/", "/staff/taxes/taxrate/"


def sums(checkout):
    return build_basket(find_checkout(checkout.pk)).totals


def test_without_a_number_no_vat_is_computed_or_kept():
    checkout = basket((goods("49.00"), 2))
    assert sums(checkout).tax.amount == 0
    order = buy(checkout)
    assert (order.total_net_amount, order.total_gross_amount) == (101.5, 101.5)
    assert not OrderTax.objects.exists()


def test_registering_costs_the_customer_nothing(registered):
    checkout = basket((goods("49.00"), 2))
    registered(number="")
    before = sums(checkout)
    registered()
    after = sums(checkout)
    assert (after.total, after.delivery) == (before.total, before.delivery)
    assert [line.unit_price for line in after.lines] == [line.unit_price for line in before.lines]
    assert str(after.tax.amount) == "16.91"


def test_saleors_columns_hold_net_and_gross(registered):
    order = buy(basket((goods("49.00"), 2)))
    line = order.lines.get()
    assert [str(amount) for amount in (
        line.unit_price_gross_amount, line.unit_price_net_amount, line.tax_rate,
        order.shipping_price_gross_amount, order.shipping_price_net_amount,
        order.total_gross_amount, order.total_net_amount,
    )] == ["49.00", "40.84", "0.20", "3.50", "2.92", "101.50", "84.59"]  # fmt: skip


def test_a_rate_holds_from_its_day_on_and_old_orders_keep_theirs(registered):
    order = buy(basket((goods("49.00"), 1)))
    today = timezone.localdate()
    for percent, day in ((25, today), (50, today + timedelta(days=1))):
        TaxRate.objects.create(
            country="GB", tax_class_id="standard", percent=percent, valid_from=day, source="x"
        )
    assert str(sums(basket((goods("50.00"), 1))).tax.amount) == "10.70"  # 10.00 and 0.70
    assert str(totals_of_order(order).tax.amount) == "8.75"


def test_a_class_without_a_rate_takes_the_standard_one(registered, abroad):
    spain = basket((goods("12.10", "zero"), 1), shipping_address=AddressFactory(country="ES"))
    assert str(sums(spain).tax.amount) == "2.71"  # 2.10 and 0.61


def test_a_product_without_a_class_is_of_the_standard_one_and_can_be_without_tax(registered):
    variant = variant_in_stock(5, price="12.00")
    assert str(sums(basket((variant, 1))).tax.amount) == "2.58"
    variant.product.charge_taxes = False
    variant.product.save()
    assert sums(basket((variant, 1))).tax.amount == 0


def test_saleors_hooks_tell_the_same(registered):
    manager, product = get_plugins_manager(), goods("12.00").product
    price = manager.apply_taxes_to_product(product, product.price, _country("GB"))
    assert str(price.tax.amount) == "2.00"
    assert manager.get_tax_rate_percentage_value(product, _country("GB")) == 20
    assert manager.show_taxes_on_storefront() is True
    assert [one.code for one in manager.get_tax_rate_type_choices()] == [
        "reduced", "standard", "zero",
    ]  # fmt: skip


def _country(code):
    return AddressFactory(country=code).country


def test_the_united_kingdom_ships_filled_in_with_its_source():
    rates = TaxRate.objects.filter(country="GB").order_by("-percent")
    assert [(rate.tax_class_id, int(rate.percent)) for rate in rates] == [
        ("standard", 20), ("reduced", 5), ("zero", 0),
    ]  # fmt: skip
    assert all(rate.source.startswith("https://www.gov.uk/") for rate in rates)


def test_placing_asks_the_database_for_one_thing_more(registered):
    def queries():
        checkout = basket((goods("49.00"), 1), (goods("49.00"), 1))
        with CaptureQueriesContext(connection) as captured:
            place_order(checkout_token=checkout.pk)
        return len(captured)

    queries()
    with_vat = queries()
    registered(number="")
    assert with_vat == queries() + 1


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_managers_alone_set_rates_and_numbers(role):
    somebody = in_role(role)
    expected = 200 if role == "Manager" else 403
    assert somebody.get(RATES).status_code == expected
    assert somebody.get(f"{RATES}add/").status_code == expected
    assert somebody.get(SETTINGS, follow=True).status_code == expected


def test_strangers_and_customers_see_none_of_it():
    for somebody in (anonymous(), customer()):
        for page in (RATES, SETTINGS):
            assert somebody.get(page).status_code in {302, 403, 404}


@pytest.mark.parametrize(
    "typed", ["GB 999 9999 73", "XI 980 780 684", "GB980780684001", "GBGD001", "ESB12345678", ""]
)
def test_numbers_that_can_be_are_kept_without_spaces(typed):
    assert parse_number(typed) == typed.replace(" ", "")


@pytest.mark.parametrize(
    "typed", ["NONSENSE", "REGISTERED", "GB999999972", "GB99999997", "GBGD01", "GB١٢٣٤٥٦٧٨٩"]
)
def test_numbers_that_cannot_be_are_refused(typed):
    with pytest.raises(Refused, match="VAT number"):
        parse_number(typed)


def test_a_manager_registers_the_shop_and_adds_a_rate_and_both_are_logged():
    manager = in_role("Manager")
    page = manager.get(SETTINGS, follow=True).redirect_chain[-1][0]
    wrong = manager.post(page, {"number": "no number!", "without_rate": "same_price"})
    assert "This is no VAT number" in wrong.content.decode()
    assert not current_settings().is_registered
    said = manager.post(
        page, {"number": "gb 999 9999 73", "without_rate": "net_price"}, follow=True
    )
    assert "was changed successfully" in said.content.decode()
    assert "Configuration of VAT" not in said.content.decode()
    assert (current_settings().number, current_settings().without_rate) == (
        "GB999999973", "net_price",
    )  # fmt: skip
    form = manager.get(f"{RATES}add/").context["adminform"].form
    assert form.fields["percent"].min_value == 0
    token = manager.get(f"{RATES}add/").context["form_token"]
    answer = manager.post(
        f"{RATES}add/",
        {"country": "IE", "tax_class": "standard", "percent": "23", "valid_from": "2024-01-01",
         "source": "Revenue", "form_token": token},
    )  # fmt: skip
    assert answer.status_code == 302
    assert tax_rules_for("IE").there == {"standard": 23}
    assert LogEntry.objects.filter(content_type__app_label="taxes").count() == 2


def test_an_editor_chooses_the_class_on_the_products_page(registered):
    product = variant_in_stock(5).product
    page = in_role("Content editor").get(f"/staff/product/product/{product.pk}/change/")
    assert 'name="tax_facts-0-tax_class"' in page.content.decode()
    assert not ProductTax.objects.filter(product=product).exists()


def test_a_day_before_any_rate_has_none():
    from plugins.taxes.rates import rate_rows, rates_on

    assert rates_on(rate_rows(), "GB", date(1990, 1, 1)) == {}


def test_a_dearer_size_in_exchange_has_the_vat_of_its_difference(registered):
    clerk, size_1 = UserFactory(is_staff=True), goods("14.00", name="Size 1")
    size_2 = VariantFactory(product=size_1.product, name="Size 2", price_override_amount="17.00")
    Stock.objects.create(warehouse=Warehouse.objects.get(), product_variant=size_2, quantity=5)
    order = buy(basket((size_1, 1)))
    pieces = {order.lines.get().pk: 1}
    fulfil(order_id=order.pk, pieces=pieces, actor_id=clerk.pk)
    about = announce_return(
        order_id=order.pk, pieces=pieces, sealed=True, wanted=dict.fromkeys(pieces, size_2.pk)
    )
    record_return(order_id=order.pk, pieces=pieces, sealed=True, sound=True, actor_id=clerk.pk)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    assert (replacement.total_gross_amount, replacement.total_net_amount) == (3, 2.5)
    row = OrderTax.objects.get(order=replacement)
    assert (row.gross_value, row.tax_value) == (3, 0.5)

"""What a customs form says: the goods' value however they are paid, and the owner's codes."""

from decimal import Decimal

import pytest
from pypdfium2 import PdfDocument
from saleor.discount import VoucherType
from saleor.order.models import Order

from plugins.discreet_shipping.labels import printout_file
from plugins.discreet_shipping.order_contract import contract_of
from plugins.ordering.placing import place_order
from product_content.models import CustomsFacts
from storefront.baskets import get_basket
from storefront.discretion import preview_of_basket
from tests.factories import (
    AddressFactory,
    GiftCardFactory,
    ShippingMethodFactory,
    ShippingZoneFactory,
    VoucherFactory,
    basket,
    variant_in_stock,
)
from tests.personas import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def abroad():
    """Return a function that makes a basket that goes to Spain, of two pieces at 49.00."""
    zone = ShippingZoneFactory(name="Spain", countries=["ES"])
    method = ShippingMethodFactory(name="To Spain", shipping_zone=zone, price_amount="9.95")
    address = {"city": "Madrid", "postal_code": "28001", "country": "ES", "country_area": "Madrid"}

    def make(*lines, **fields):
        lines = lines or ((variant_in_stock(9), 2),)
        for variant, _pieces in lines:
            for stock in variant.stocks.all():
                stock.warehouse.shipping_zones.add(zone)
        return basket(
            *lines,
            country="ES",
            shipping_address=AddressFactory(**address),
            billing_address=AddressFactory(**address),
            shipping_method=method,
            **fields,
        )

    return make


def customs(checkout):
    """Return what the Contract says before paying; it says the same once the order is made."""
    shown = preview_of_basket(get_basket(checkout.pk)).contract["customs"]
    order = Order.objects.get(pk=place_order(checkout_token=checkout.pk).order_id)
    assert contract_of(order)["customs"] == shown
    return shown


def test_the_value_is_that_of_the_goods_without_the_delivery(abroad):
    assert customs(abroad()) == ["Personal care articles", "Value 98.00 GBP"]


def test_a_gift_card_is_a_way_to_pay_and_lowers_nothing(abroad):
    card = GiftCardFactory(initial_balance_amount="200.00", current_balance_amount="200.00")
    assert customs(abroad(cards=[card]))[1] == "Value 98.00 GBP"


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"discount_value": "10.00"}, "88.00"),
        ({"type": VoucherType.SHIPPING, "discount_value": "5.00"}, "98.00"),
        ({"discount_value": "98.00"}, "98.00"),  # what is given away is worth its price
    ],
)
def test_a_code_lowers_the_value_of_the_goods_only(abroad, fields, value):
    voucher = VoucherFactory(**fields)
    assert customs(abroad(voucher=voucher))[1] == f"Value {value} GBP"


def test_the_owners_codes_stand_on_the_customs_form_and_nowhere_else(abroad):
    one, other = variant_in_stock(9), variant_in_stock(9)
    for variant in (one, other):
        CustomsFacts.objects.create(product=variant.product, hs_code="392690", origin="GB")
    said = customs(abroad((one, 2), (other, 1), (variant_in_stock(9), 1)))
    assert said[2:] == ["HS 392690, made in GB: 3 pieces"]
    contract = contract_of(Order.objects.get())
    text = text_of(printout_file(contract, kind="customs", size="4x6", form="pdf"))
    for line in (f"Order {contract['number']}", *said):
        assert line in text
    label = text_of(printout_file(contract, kind="label", size="4x6", form="pdf"))
    assert "392690" not in label
    rest = {name: part for name, part in contract.items() if name != "customs"}
    assert "392690" not in str(rest)


def text_of(pdf):
    document = PdfDocument(pdf)
    text = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    return text


def test_nothing_is_declared_at_home():
    checkout = basket((variant_in_stock(9), 1))
    assert customs(checkout) == []
    assert (
        printout_file(contract_of(Order.objects.get()), kind="customs", size="a6", form="pdf")
        is None
    )


def test_staff_give_a_product_its_codes_and_wrong_ones_are_refused():
    variant = variant_in_stock(1, price=Decimal("49.00"))
    address = f"/staff/product/product/{variant.product_id}/change/"
    client = staff("product.manage_products")
    page = client.get(address)
    sent = page.context["adminform"].form.initial
    sent = {name: value for name, value in sent.items() if value is not None}
    for inline in page.context["inline_admin_formsets"]:
        form = inline.formset.management_form
        sent |= {form.add_prefix(name): form[name].value() for name in form.fields}
        for row in inline.formset.initial_forms:
            sent |= {row.add_prefix(name): row[name].value() or "" for name in row.fields}
    codes = {
        "tax_facts-TOTAL_FORMS": "0",
        "customs-TOTAL_FORMS": "1",
        "customs-0-hs_code": "39.26",
        "customs-0-origin": "GB",
    }
    assert "Write 6, 8 or 10 digits" in client.post(address, sent | codes).content.decode()
    answer = client.post(address, sent | codes | {"customs-0-hs_code": "39269097"})
    assert answer.status_code == 302
    facts = CustomsFacts.objects.get(product=variant.product_id)
    assert (facts.hs_code, facts.origin.code) == ("39269097", "GB")

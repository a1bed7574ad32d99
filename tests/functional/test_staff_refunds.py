"""Refunds as staff give them: all, an amount, or pieces, once, and with a reason."""

from uuid import uuid4

import pytest
from prices import Money
from saleor.payment.models import Payment, Transaction
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.ordering.models import Refund
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.refunds import request_refund
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction


@pytest.fixture
def seller():
    return personas.staff("order.manage_orders")


@pytest.fixture
def order():
    """A paid order of two pieces at 49.00 and 3.50 for the delivery, which was sent."""
    order = builders.order(paid=True, total="101.50")
    line = builders.line(order, variant_in_stock(11, name="Size 2"), 2)
    fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=UserFactory(is_staff=True).pk)
    return order


@pytest.fixture
def send(order):
    """Post the form; the worker makes what was asked after the commit."""

    def post(client, key=None, **fields):
        sent = {"key": key or uuid4(), "kind": "full", "reason": "Arrived late", **fields}
        return client.post(page(order), sent)

    return post


def page(order):
    return f"/staff/order/order/{order.pk}/refund/"


def order_page(order):
    return f"/staff/order/order/{order.pk}/change/"


def pieces(order):
    return f"line_{order.lines.get().pk}"


def named(refund):
    """The pieces that a refund is for, by order line."""
    return {str(row.line_id): row.pieces for row in refund.lines.all()}


def on_shelf():
    return Stock.objects.get().quantity


def assert_nothing_changed():
    assert not Refund.objects.exists()
    assert not Transaction.objects.filter(kind="refund").exists()
    assert str(Payment.objects.get().captured_amount) == "101.50"
    assert on_shelf() == 9


def test_strangers_and_customers_are_sent_to_log_in(order, send):
    for who in (personas.anonymous(), personas.customer()):
        for answer in (who.get(page(order)), send(who)):
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/staff/login/")
    assert_nothing_changed()


def test_staff_without_the_permission_are_refused(order, send):
    who = personas.staff("product.manage_products", "account.manage_users")
    assert who.get(page(order)).status_code == 403
    assert send(who).status_code == 403
    assert_nothing_changed()


def test_looking_changes_nothing(seller, order):
    query = {"key": uuid4(), "kind": "full", "reason": "x"}
    answer = seller.get(page(order), query)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "£101.50 can go back" in html
    assert "2 of 2 not refunded yet, £49.00 each" in html
    assert not answer.context["form"]["restock"].value()
    assert_nothing_changed()


def test_each_form_has_a_key_of_its_own(seller, order):
    keys = {seller.get(page(order)).context["form"]["key"].value() for _ in range(2)}
    assert len(keys) == 2


@pytest.mark.parametrize("who", ["seller", "owner"])
def test_all_that_is_left_goes_back(who, seller, order, send):
    client = seller if who == "seller" else personas.owner()
    answer = send(client)

    assert answer.headers["Location"] == order_page(order)
    refund = Refund.objects.get()
    assert (str(refund.amount_value), refund.state, named(refund), refund.restock) == (
        "101.50", "succeeded", {str(order.lines.get().pk): 2}, False,
    )  # fmt: skip
    assert refund.asked_by_id == int(client.session["_auth_user_id"])
    assert Payment.objects.get().charge_status == "fully-refunded"
    assert on_shelf() == 9


def test_the_order_says_what_was_given_back_and_why(seller, order, send):
    send(seller)
    html = seller.get(order_page(order)).content.decode()
    assert "£101.50 will go back to the customer" in html
    assert "Refund reason: Arrived late" in html
    assert "Refunded" in html


def test_the_link_is_there_while_something_is_left(seller, order, send):
    link = f'href="{page(order)}"'
    assert link in seller.get(order_page(order)).content.decode()
    send(seller, kind="amount", amount="1.50")
    assert link in seller.get(order_page(order)).content.decode()
    send(seller)
    assert link not in seller.get(order_page(order)).content.decode()
    assert "nothing left to refund" in seller.get(page(order)).content.decode()


def test_the_link_also_stands_in_the_page_where_a_telephone_hides_the_buttons(seller, order, send):
    html = seller.get(order_page(order)).content.decode()
    assert f'href="{page(order)}">Refund up to £101.50</a>' in html
    send(seller)
    assert "Nothing is left to refund" in seller.get(order_page(order)).content.decode()


def test_an_unpaid_order_has_no_link(seller):
    unpaid = builders.order()
    assert f'href="{page(unpaid)}"' not in seller.get(order_page(unpaid)).content.decode()
    assert "nothing left to refund" in seller.get(page(unpaid)).content.decode()


def test_an_amount_goes_back(seller, order, send):
    send(seller, kind="amount", amount="10.25")
    assert str(Refund.objects.get().amount_value) == "10.25"
    assert str(Payment.objects.get().captured_amount) == "91.25"


@pytest.mark.parametrize(("restock", "shelf"), [({}, 9), ({"restock": "on"}, 10)])
def test_pieces_go_back_into_stock_only_if_staff_say_so(seller, order, send, restock, shelf):
    send(seller, kind="lines", **{pieces(order): "1"}, **restock)
    refund = Refund.objects.get()
    assert (str(refund.amount_value), named(refund)) == ("49.00", {str(order.lines.get().pk): 1})
    assert on_shelf() == shelf


def test_all_that_is_left_takes_every_piece_not_refunded_yet_back_into_stock(seller, order, send):
    send(seller, kind="lines", **{pieces(order): "1"})
    send(seller, restock="on")
    first, rest = Refund.objects.order_by("pk")
    assert [named(first), named(rest)] == [{str(order.lines.get().pk): 1}] * 2
    assert (str(rest.amount_value), on_shelf()) == ("52.50", 10)


@pytest.mark.parametrize("kind", ["full", "amount", "lines"])
def test_a_form_that_is_sent_twice_makes_one_refund(seller, order, send, kind):
    fields = {"amount": {"amount": "60.00"}, "lines": {pieces(order): "2", "restock": "on"}}
    key = uuid4()
    answers = [send(seller, key=key, kind=kind, **fields.get(kind, {})) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Refund.objects.count() == 1
    assert Transaction.objects.filter(kind="refund").count() == 1
    assert on_shelf() == (11 if kind == "lines" else 9)
    assert "was asked for before" in seller.get(order_page(order)).content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "amount", "amount": "101.51"}, "only 101.50 GBP of the payment is left"),
        ({"kind": "amount", "amount": "0"}, "the amount must be above zero"),
        ({"kind": "amount", "amount": "-1"}, "greater than or equal to 0"),
        ({"kind": "amount", "amount": "1.005"}, "no more than 2 decimal places"),
        ({"kind": "amount"}, "Say how much."),
        ({"kind": "lines"}, "Say how many pieces of which line."),
        ({"kind": "lines", "pieces": "3"}, "only 2 of 2 pieces are not refunded yet"),
        ({"kind": "lines", "pieces": "1", "amount": "5"}, "You also typed an amount"),
        ({"kind": "full", "amount": "5"}, "You also typed an amount"),
        ({"kind": "full", "pieces": "1"}, "You also named pieces"),
        ({"kind": "amount", "amount": "5", "restock": "on"}, "An amount moves no pieces"),
        ({"kind": ""}, "This field is required."),
        ({"key": "1"}, "Enter a valid UUID."),
    ],
)
def test_a_refusal_says_why_keeps_what_was_typed_and_changes_nothing(
    seller, order, send, fields, message
):
    typed = {pieces(order) if name == "pieces" else name: word for name, word in fields.items()}
    answer = send(seller, reason="Came <b>broken</b>", **typed)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert message in html
    assert 'value="Came &lt;b&gt;broken&lt;/b&gt;"' in html
    for name in {pieces(order), "amount"} & typed.keys():
        assert answer.context["form"][name].value() == typed[name]
    assert_nothing_changed()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 256])
def test_a_reason_is_needed(seller, send, reason):
    assert send(seller, reason=reason).context["form"].errors.keys() == {"reason"}
    assert_nothing_changed()


def test_a_refused_form_can_be_mended_with_its_key(seller, send):
    key = uuid4()
    send(seller, key=key, kind="amount", amount="500")
    assert send(seller, key=key, kind="amount", amount="5").status_code == 302
    assert str(Refund.objects.get().amount_value) == "5.00"


def test_the_token_of_the_form_is_needed(order):
    strict = personas.staff("order.manage_orders", enforce_csrf_checks=True)
    sent = {"key": uuid4(), "kind": "full", "reason": "x"}
    assert strict.post(page(order), sent).status_code == 403
    assert_nothing_changed()


def test_an_order_that_is_not_there_leads_home(seller):
    draft = builders.order(status="draft", paid=True)
    assert seller.get(page(draft)).status_code == 302
    assert seller.get("/staff/order/order/0/refund/").status_code == 302


def test_the_second_of_two_colleagues_is_told_and_may_still_go_on(order, send, seller):
    colleague = personas.in_role("Support")
    shown = seller.get(page(order)).context["form"].initial["expected_version"]
    send(colleague, kind="amount", amount="10.00", expected_version=shown)

    answer = send(seller, kind="amount", amount="10.00", expected_version=shown)

    html = answer.content.decode()
    assert "Somebody asked for a refund of this order meanwhile." in html
    assert "£91.50 can go back." in html
    assert 'value="10.00"' in html
    assert Refund.objects.count() == 1
    send(
        seller,
        kind="amount",
        amount="10.00",
        expected_version=answer.context["form"]["expected_version"].value(),
    )
    assert Refund.objects.count() == 2


def test_of_two_refunds_at_the_same_moment_one_is_told(order):
    def ask(key):
        try:
            request_refund(
                order_id=order.pk,
                key=key,
                reason="x",
                amount=Money("10.00", "GBP"),
                expected_version="0",
            )
        except RefundRefused:
            return "told"
        return "asked"

    assert sorted(at_once(lambda: ask("a"), lambda: ask("b"))) == ["asked", "told"]
    assert Refund.objects.count() == 1


def test_a_sku_that_stands_for_a_name_is_printed_once(seller):
    order = builders.order(paid=True, total="49.00")
    variant = variant_in_stock(3, sku="ONE-SKU", name="")
    line = builders.line(order, variant, 1)
    line.variant_name = "ONE-SKU"  # as Saleor's str() of a variant without a name
    line.save()
    for where in (page(order), order_page(order), f"/staff/packing/{order.pk}/"):
        client = personas.in_role("Packer") if "packing" in where else seller
        assert "(ONE-SKU) (ONE-SKU)" not in client.get(where).content.decode()
    assert f"{variant.product.name} (ONE-SKU)" in seller.get(page(order)).content.decode()
    packing = personas.in_role("Packer").get(f"/staff/packing/{order.pk}/").content.decode()
    assert f"{variant.product.name} (ONE-SKU)" not in packing

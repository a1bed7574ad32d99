"""Staff place an order for a customer: priced and checked as in the shop, paid by a link."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.order.models import Order
from saleor.warehouse.models import Allocation

from dashboard.models import AccessRecord
from plugins.discreet_shipping.order_contract import choices_of, contract_of
from plugins.order_emails import tasks
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.ending import release_unpaid_orders
from plugins.ordering.models import PaymentSession
from plugins.ordering.order_state import is_paid
from plugins.taxes.models import Invoice
from tests import personas
from tests.factories import FakeProvider, GiftCardFactory, VoucherFactory

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction

PAGE = "/staff/order/order/for-customer/"
TYPED = {
    "email": "Robin@Example.org", "language": "en", "first_name": "Robin", "last_name": "Marsh",
    "street_address_1": "4 Mill Lane", "street_address_2": "", "city": "Lewes",
    "postal_code": "bn7 1aa", "country": "GB", "phone": "", "sku_1": "starter-set", "pieces_1": "2",
    "label_name": "own", "handover": "any", "messages": "neutral", "sender": "",
}  # fmt: skip
HIDDEN = re.compile(r'name="(draft|shown|form_token)" value="([^"]+)"')


@pytest.fixture
def support(shop):
    return personas.in_role("Support")


@pytest.fixture
def manager(shop):
    return personas.in_role("Manager")


def send(client, **typed):
    return client.post(PAGE, {**TYPED, **typed})


def draft(client, **typed):
    """Return the page with the prices, and what its form carries."""
    page = send(client, **typed).content.decode()
    return page, {**TYPED, **typed, **dict(HIDDEN.findall(page))}


def place(client, form, **changed):
    return client.post(PAGE, {**form, "place": "1", **changed})


def placed(client, **typed):
    """Place an order and return it."""
    answer = place(client, draft(client, **typed)[1])
    assert answer.status_code == 302, answer.content.decode()
    return Order.objects.get(pk=answer["Location"].split("/")[-3])


def sent():
    tasks.send_waiting_emails()
    return mail.outbox


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_only_those_who_manage_orders_may(shop, role):
    assert personas.in_role(role).get(PAGE).status_code == 403
    assert personas.customer().get(PAGE).status_code == 302
    assert Client().get(PAGE).status_code == 302
    assert Checkout.objects.count() == 0


def test_a_draft_is_priced_as_in_the_shop_and_reserves_nothing(support):
    page, form = draft(support)
    assert "2 × Starter set" in page
    assert re.search(r"To pay</dt>\s*<dd[^>]*>£81.50", page)
    assert (Checkout.objects.count(), Order.objects.count(), Allocation.objects.count()) == (
        1,
        0,
        0,
    )
    draft(support, **{k: form[k] for k in ("draft",)}, pieces_1="3")
    assert [line.quantity for line in Checkout.objects.get().lines.all()] == [3]


def test_the_customer_gets_a_neutral_link_and_pays_on_the_shops_page(support, shop):
    order = placed(support, handover="signature", code_word="Tulip")
    assert (order.user_email, order.total_gross_amount) == ("robin@example.org", Decimal("83.00"))
    assert (choices_of(order).handover, contract_of(order)["number"]) == (
        "signature",
        str(order.pk),
    )
    session = PaymentSession.objects.get(order=order)
    assert timedelta(hours=22) < session.expires_at - timezone.now() < timedelta(hours=24)
    assert Allocation.objects.get(order_line__order=order).quantity_allocated == 2
    [letter] = sent()
    assert (letter.subject, letter.to) == (
        f"Tulip: order {order.pk} can be paid", ["robin@example.org"],
    )  # fmt: skip
    assert "starter" not in (letter.subject + letter.body).lower()
    customer = Client(headers={"Sec-Fetch-Site": "same-origin"})
    link = re.search(r"https?://[^/]+(/orders/open/\S+/)", letter.body)[1]
    page = customer.get(link, follow=True)
    assert "Pay £83.00 now" in page.content.decode()
    assert "We placed the order for you." in page.content.decode()
    pay = customer.post(f"/orders/{order.token}/pay/")
    assert pay["Location"].startswith("https://pay.test/")
    [opened] = [call for call in FakeProvider.calls if call[0] == "open"]
    assert opened[1]["cancel_url"].endswith(f"/orders/{order.token}/")


def test_the_link_ends_with_the_hold_and_says_so_kindly(support):
    order = placed(support)
    sent().clear()
    assert release_unpaid_orders(now=timezone.now() + timedelta(hours=24)) == 1
    [letter] = sent()
    assert letter.subject == f"Your Stillwater order {order.pk} is no longer held"
    assert "we place it once more" in letter.body
    assert "basket" not in letter.body
    page = personas.link_holder(order).get(f"/orders/{order.token}/").content.decode()
    assert "we gladly place it once more" in " ".join(page.split())
    assert "Pay £" not in page


def test_what_is_logged(support):
    order = placed(support)
    assert AccessRecord.objects.filter(kind="order", subject_id=order.pk).count() == 1
    entry = LogEntry.objects.get(object_id=str(order.pk))
    assert entry.change_message == "Placed for the customer."
    assert "robin" not in (entry.object_repr + entry.change_message).lower()
    note = order.events.get(type="note_added")
    assert note.parameters["message"] == "Placed for the customer."
    assert note.user_id == entry.user_id


def test_a_manager_gives_an_order_away_for_a_reason(manager):
    page, form = draft(manager, free_because="A thank-you to a clinic")
    assert re.search(r"To pay</dt>\s*<dd[^>]*>£0.00", page)
    order = Order.objects.get(pk=place(manager, form)["Location"].split("/")[-3])
    assert order.total_gross_amount == order.shipping_price_gross_amount == 0
    assert (order.discount_amount, order.discount_name) == (Decimal("78.00"), "Free of charge")
    assert is_paid(order)
    assert Invoice.objects.filter(order=order).count() == 0
    assert (
        "free of charge: A thank-you"
        in LogEntry.objects.get(object_id=str(order.pk)).change_message
    )
    assert FakeProvider.calls == []
    assert OutgoingEmail.objects.filter(kind="pay_by_link").count() == 0
    assert OutgoingEmail.objects.filter(kind="order_confirmed", order=order).count() == 1
    assert manager.get(f"/staff/order/order/{order.pk}/change/").status_code == 200


def test_support_gives_nothing_away(support):
    assert "free_because" not in support.get(PAGE).content.decode()
    order = placed(support, free_because="For a friend")
    assert order.total_gross_amount == Decimal("81.50")


def test_a_forged_reason_is_refused_by_the_service_too(support, shop):
    from dashboard.services.customer_orders import DraftRefused, Wanted, save_draft

    actor = personas.UserFactory(is_staff=True)
    wanted = Wanted("a@example.org", "en", {"STARTER-SET": 1}, {"country": "GB"}, free_because="x")
    with pytest.raises(DraftRefused):
        save_draft(token=None, wanted=wanted, actor=actor)
    assert Checkout.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"sku_1": "NO-SUCH"}, "Not to be had in the shop: NO-SUCH."),
        ({"sku_1": ""}, "Say what the customer wants."),
        ({"postal_code": "nowhere"}, "does not look right"),
        ({"email": "robin"}, "valid email address"),
        ({"code": "NO-SUCH"}, "We do not know this code"),
        ({"handover": "any", "safe_place": "<porch>"}, "Leave out &lt; and &gt;."),
        ({"not_before": "2001-01-01"}, "This day has passed."),
        ({"pieces_1": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(support, typed, words):
    page = send(support, **typed).content.decode()
    assert words in page
    assert 'value="4 Mill Lane"' in page
    assert Checkout.objects.count() == 0


def test_goods_are_named_as_a_customer_names_them(support, shop):
    page = send(support, sku_1="starter", pieces_1="2", sku_2="STARTER-SET", pieces_2="1")
    assert Checkout.objects.get().quantity == 3
    assert [(line.variant.sku, line.quantity) for line in Checkout.objects.get().lines.all()] == [
        ("STARTER-SET", 3)
    ]
    assert '<option value="STARTER-SET">Starter set</option>' in page.content.decode()


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_a_sign_in_a_name_is_only_that_sign(support, sign):
    assert "Not to be had in the shop" in send(support, sku_1=sign).content.decode()


def test_a_name_that_fits_several_goods_is_asked_back(support, shop):
    page = send(support, sku_1="e").content.decode()
    assert "“E” may be " in page
    assert "STARTER-SET Starter set" in page
    assert "Write the SKU." in page
    assert Checkout.objects.count() == 0


def test_all_the_shops_checks_are_made(support, shop):
    form = draft(support)[1]
    shop.set_stock(shop.starter, 1)
    page = place(support, form).content.decode()
    assert "sold out" in page.lower() or "left" in page
    shop.set_stock(shop.starter, 50)
    page = place(support, {**form, **draft(support, pieces_1="16")[1]}).content.decode()
    assert "15 pieces" in page
    assert Order.objects.count() == 0


def test_a_price_that_changed_meanwhile_is_shown_first(support, shop):
    form = draft(support)[1]
    shop.starter.product.price_amount = Decimal("45.00")
    shop.starter.product.save()
    page = place(support, form).content.decode()
    assert Order.objects.count() == 0
    assert re.search(r"To pay</dt>\s*<dd[^>]*>£93.50", page)
    form |= dict(HIDDEN.findall(page))
    assert place(support, form).status_code == 302
    assert Order.objects.get().total_gross_amount == Decimal("93.50")


def test_what_was_changed_after_the_price_was_shown_is_shown_first(support):
    form = draft(support)[1]
    assert place(support, form, pieces_1="1").status_code == 200
    assert Order.objects.count() == 0


def test_sent_twice_it_is_one_order(support):
    form = draft(support)[1]
    place(support, form)
    again = place(support, form)
    assert "sent before" in again.content.decode()
    assert Order.objects.count() == 1


def test_a_free_order_sent_twice_is_one_order(manager):
    form = draft(manager, free_because="Because")[1]
    place(manager, form)
    place(manager, form, form_token="another")
    assert Order.objects.count() == 1


def test_codes_and_gift_cards_count(support):
    VoucherFactory(code="TENOFF", discount_value=10, discount_value_type="fixed")
    page = draft(support, code="tenoff")[0]
    assert re.search(r"To pay</dt>\s*<dd[^>]*>£71.50", page)
    GiftCardFactory(code="CARD-1234", initial_balance_amount=100, current_balance_amount=100)
    order = placed(support, code="CARD-1234")
    assert order.total_gross_amount == 0
    assert is_paid(order)


def test_nobody_else_gets_at_a_draft(support, manager):
    form = draft(support)[1]
    page = place(manager, form).content.decode()
    assert "This draft is gone" in page
    assert Order.objects.count() == 0


def test_an_earlier_order_fills_the_form_and_that_is_a_look(support):
    order = placed(support)
    before = AccessRecord.objects.count()
    page = support.get(PAGE, {"order": order.pk}).content.decode()
    assert 'value="4 Mill Lane"' in page
    assert AccessRecord.objects.count() == before + 1
    assert support.get(PAGE, {"order": "x"}).status_code == 200


def test_the_customer_reads_it_in_spanish(support):
    order = placed(support, language="es")
    [letter] = sent()
    assert order.language_code == "es"
    assert "/es/orders/open/" in letter.body
    assert "pagar" in letter.body.lower()

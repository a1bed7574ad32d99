"""What the receiver of a gift card gets, who may see its code, and how it is sent again or given back."""

from datetime import timedelta

import html5lib
import pytest
from django.test import Client
from django.utils import timezone
from saleor.giftcard.models import GiftCard

from plugins.discreet_shipping.order_contract import contract_of
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.plugin import MAX_CARD_EMAILS
from plugins.order_emails.tasks import send_due_gift_cards
from plugins.ordering.models import GiftCardSale
from tests.functional.discretion.words import found, sensitive_words
from tests.functional.emails.orders import bodies
from tests.functional.gift_cards.buying import (
    card_of,
    check,
    link_in,
    messages_to,
    order_it,
    paid,
    text,
    title,
)
from tests.personas import link_holder, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)


def test_receiver_gets_a_neutral_email_whose_link_shows_the_code(guest):
    order = paid(guest, from_name="", message="For your birthday.")
    (message,) = messages_to("sam@example.org")
    assert message.subject == "A gift card for you"
    code = card_of(order).code
    for body in bodies(message):
        assert "£50.00" in body
        assert "Somebody has sent you" in body
        assert "For your birthday." in body
        assert code not in body
        assert "robin" not in body.lower()
    places = [("subject", message.subject), *(("body", body) for body in bodies(message))]
    assert found(sensitive_words(), places) == []
    response = Client().get(link_in(message))
    assert response.status_code == 200
    assert f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}" in text(response)
    assert response["Cache-Control"] == "private, no-store"
    assert title(response) == "Gift card · Stillwater"
    html5lib.HTMLParser(strict=True).parse(text(response))
    assert Client().get(link_in(message)[:-3] + "x/").status_code == 404
    assert OutgoingEmail.objects.get(kind="gift_card").to_address == ""


def test_words_of_the_giver_are_words_and_no_markup(guest):
    paid(guest, from_name="R & <b>", message="{url} <script>alert(1)</script>")
    plain, html = bodies(messages_to("sam@example.org")[0])
    assert "{url} <script>alert(1)</script>" in plain
    assert "{url} &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "R &amp; &lt;b&gt; has sent you" in html


def test_giver_is_named_only_if_they_wish(guest):
    paid(guest, from_name="Robin")
    assert "Robin has sent you a gift card" in bodies(messages_to("sam@example.org")[0])[0]


def test_buyer_gets_a_confirmation_as_promised_and_no_words_of_parcels(guest):
    order = paid(guest)
    (message,) = messages_to("robin@example.org")
    contract = contract_of(order)
    assert message.subject == contract["emails"]["gift_card_bought"]["subject"]
    assert set(contract["emails"]) == {
        "gift_card_bought", "payment_needed", "cancelled", "payment_refunded", "new_link",
    }  # fmt: skip
    assert (contract["label"], contract["box"], contract["customs"]) == (None, "", [])
    for body in bodies(message):
        assert "We have sent the gift card to the address that you named." in body
        assert "parcel" not in body
        assert card_of(order).code not in body
    page = guest.get(f"/orders/{order.token}/")
    assert title(page) == f"Your order {order.pk} · Stillwater"
    for word in ("parcel", "Return something", "shelf"):
        assert word not in text(page).split("<main")[1].split("</main>")[0]
    assert card_of(order).code not in text(page)
    assert guest.get(f"/orders/{order.token}/seen/").status_code == 200


def test_code_of_a_sent_card_is_shown_to_nobody_else(guest):
    order = paid(guest)
    assert guest.get(f"/orders/{order.token}/card/").status_code == 404
    printed = paid(guest, kind="print")
    code = card_of(printed).code
    assert guest.get(f"/orders/{printed.token}/card/").status_code == 200
    assert link_holder(printed).get(f"/orders/{printed.token}/card/").status_code == 200
    for stranger in (Client(), wrong_customer()):
        for path in ("card/", "card/back/"):
            response = stranger.get(f"/orders/{printed.token}/{path}")
            assert response.status_code == 403
            assert code not in text(response)
        assert (
            stranger.post(
                f"/orders/{order.token}/card/send/", {"recipient": "thief@example.org"}
            ).status_code
            == 403
        )
    assert messages_to("thief@example.org") == []


def test_its_pages_have_no_title_but_those_that_were_shown_before_paying(guest):
    order = paid(guest, kind="print")
    page = f"/orders/{order.token}/card/"
    shown = contract_of(order)["history"]
    again = guest.post(f"{page}send/", {"recipient": "nobody"})
    pages = [guest.get("/gift-cards/"), check(guest), guest.get(page), again]
    titles = [title(found).removeprefix("Error: ") for found in pages]
    assert set(titles) <= set(shown)
    assert again.status_code == 422


def test_unpaid_card_can_be_seen_by_nobody(guest):
    order = order_it(guest, kind="print")
    assert guest.get(f"/orders/{order.token}/card/").status_code == 404
    page = text(guest.get(f"/orders/{order.token}/"))
    assert "Pay £50.00 now" in page
    assert "Show and print the card" not in page


def test_card_waits_for_its_day_and_goes_once(guest):
    day = timezone.localdate() + timedelta(days=3)
    order = paid(guest, not_before=day.isoformat())
    assert send_due_gift_cards() == 0
    assert messages_to("sam@example.org") == []
    assert "We send the gift card to the address" in bodies(messages_to("robin@example.org")[0])[0]
    GiftCardSale.objects.filter(order=order).update(not_before=timezone.localdate())
    assert (send_due_gift_cards(), send_due_gift_cards()) == (1, 0)
    assert len(messages_to("sam@example.org")) == 1


def test_card_that_was_given_back_is_never_sent(guest):
    order = paid(guest, not_before=(timezone.localdate() + timedelta(days=3)).isoformat())
    assert guest.post(f"/orders/{order.token}/card/back/").status_code == 303
    GiftCardSale.objects.filter(order=order).update(not_before=timezone.localdate())
    assert send_due_gift_cards() == 0
    assert messages_to("sam@example.org") == []
    page = text(guest.get(f"/orders/{order.token}/"))
    assert "the card has ended" in page
    assert "was given back or stopped" in page


def test_used_card_is_not_given_back(guest):
    order = paid(guest)
    GiftCard.objects.update(current_balance_amount=49)
    assert "Give it back unused" not in text(guest.get(f"/orders/{order.token}/"))
    response = guest.post(f"/orders/{order.token}/card/back/")
    assert response.status_code == 409
    assert "Something was paid with this gift card" in text(response)
    assert card_of(order).is_active


def test_sent_again_to_the_same_address_it_keeps_its_code(guest):
    order = paid(guest)
    code = card_of(order).code
    path = f"/orders/{order.token}/card/send/"
    sent = guest.post(path, {"recipient": "sam@example.org"})
    assert sent.status_code == 303
    assert "It is on its way again." in text(guest.get(sent["Location"]))
    assert card_of(order).code == code
    assert len(messages_to("sam@example.org")) == 2
    for _ in range(MAX_CARD_EMAILS):
        last = guest.post(path, {"recipient": "sam@example.org"})
    assert last.status_code == 409
    assert "It was sent several times" in text(last)
    assert len(messages_to("sam@example.org")) == MAX_CARD_EMAILS


def test_sent_to_another_address_it_gets_a_new_code_and_the_old_link_ends(guest):
    order = paid(guest)
    code, link = card_of(order).code, link_in(messages_to("sam@example.org")[0])
    path = f"/orders/{order.token}/card/send/"
    assert guest.post(path, {"recipient": "nobody"}).status_code == 422
    assert guest.post(path, {"recipient": "kim@example.org"}).status_code == 303
    assert card_of(order).code != code
    assert Client().get(link).status_code == 404
    assert Client().get(link_in(messages_to("kim@example.org")[0])).status_code == 200
    GiftCard.objects.update(current_balance_amount=1)
    used = guest.post(path, {"recipient": "thief@example.org"})
    assert used.status_code == 409
    assert messages_to("thief@example.org") == []

"""Reviews: who may say how which line was, once; and that it goes with its writer."""

import re

import pytest
from django.db import IntegrityError, transaction
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.fulfilment.models import ReviewInvitation
from plugins.fulfilment.policies import ReviewRefused, review_problem
from plugins.fulfilment.returns import record_return
from plugins.fulfilment.reviews import ReviewWords, reviews_of_order, want_invitation, write_review
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.order_messages import GIFT_CARD_KEY
from product_content.models import Review, ReviewState
from storefront.personal_data import account_data, delete_account, erase_person, person_data
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.orders.reviewing import (
    SAID,
    address,
    bought,
    first,
    product_page,
    say,
    words,
    written,
)
from tests.personas import link_holder
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


def test_what_was_said_waits_for_a_person(shop, sent):
    client = link_holder(sent)
    assert f'href="{address(sent)}"' in words(client.get(f"/orders/{sent.token}/"))
    assert say(sent, client).headers["Location"] == address(sent)
    row = Review.objects.get()
    assert (row.line, row.product, row.state) == (
        first(sent), shop.starter.product, ReviewState.WAITING,
    )  # fmt: skip
    assert (row.comfort, row.size_accuracy, row.discretion, row.name, row.version) == (
        4, 5, 3, "Otter", 1,
    )  # fmt: skip
    page = client.get(address(sent))
    assert "Thank you. We read it within a few days" in words(page)
    for html in (words(page), words(client.get(address(sent, first(sent))))):
        title = re.search("<title>(.*?)</title>", html)[1].strip()
        assert title in {f"Your order {sent.pk} · Stillwater", "Your order · Stillwater"}
        assert "/leave/" in html
    assert "no-store" in page["Cache-Control"]
    assert "Smooth, and as wide" not in product_page()


def test_the_form_links_to_the_rules_and_asks_no_size_of_what_has_none(sent):
    client = link_holder(sent)
    sized, bottle = sent.lines.order_by("pk")
    form = words(client.get(address(sent, sized)))
    assert 'href="/reviews/"' in form
    assert form.count('type="radio"') == 15
    assert words(client.get(address(sent, bottle))).count('type="radio"') == 10
    say(sent, client, bottle)
    assert Review.objects.get().size_accuracy is None


def test_what_is_missing_stands_beside_its_field_and_the_rest_is_kept(sent):
    answer = say(sent, comfort="", text="")
    page = words(answer)
    assert answer.status_code == 422
    assert re.search('<div class="alert" role="alert" tabindex="-1" autofocus>', page)
    for field, wrong in (
        ("comfort", "Comfort: choose from 1 to 5."),
        ("text", "Write a few words."),
    ):
        assert f'<a href="#id_{field}">{wrong}</a>' in page
        assert f'id="id_{field}_error">{wrong}</p>' in page
    assert 'aria-describedby="id_comfort_helptext id_comfort_error"' in page
    assert "Discretion of the parcel: choose" not in page
    assert 'value="Otter"' in page
    assert not Review.objects.exists()


@pytest.mark.parametrize("mark", ["0", "6", "five", "1.5"])
def test_no_other_mark_is_taken(sent, mark):
    assert say(sent, comfort=mark).status_code == 422
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "name", ["Robin", "robin m.", "Mrs MÁRSH", "x robin@example.org", "0207 946 0000", "www.me.uk"]
)
def test_the_name_is_not_the_writers_own(sent, name):
    answer = say(sent, name=name)
    assert answer.status_code == 422
    assert "This is a part of your own name or address." in words(answer)
    assert not Review.objects.exists()


def test_nor_that_of_the_account(shop):
    user = UserFactory(email="lee.quill@example.org", first_name="Ash", last_name="Grove")
    order = bought((shop.starter, 1), user=user)
    client = personas.customer(user)
    for name in ("Ash", "grove", "Quill"):
        assert say(order, client, name=name).status_code == 422
    assert say(order, client, name="Otter").status_code == 303


@pytest.mark.parametrize(
    "text", ["Write to a@example.org", "See https://example.org", "+44 1273 00000"]
)
def test_a_text_holds_no_address(sent, text):
    answer = say(sent, text=text)
    assert (answer.status_code, "Leave out addresses" in words(answer)) == (422, True)


def test_sizes_are_no_telephone_number():
    assert (
        review_problem("Otter", "I have 20 23 26 29 and 32 mm, since 2024.", known=["Ann"]) is None
    )


def test_without_a_name_it_is_a_customer(sent):
    say(sent, name="")
    Review.objects.update(state=ReviewState.PUBLISHED)
    page = product_page()
    assert "<strong>A customer</strong>" in page
    assert "Robin" not in page


def test_only_who_may_open_the_order_may_say_anything(sent):
    written(first(sent))
    for client in (personas.anonymous(), personas.wrong_customer(), personas.in_role("Support")):
        for path in (address(sent), address(sent, first(sent))):
            assert client.get(path).status_code == 403
        assert say(sent, client, expected_version="1").status_code == 403
        assert client.post(address(sent, first(sent), "withdraw/")).status_code == 403
        assert client.post(address(sent, rest="wish/"), {"wanted": "1"}).status_code == 403
    assert Review.objects.get().text == "Good."
    assert not ReviewInvitation.objects.exists()


def test_a_line_of_another_order_is_not_there(shop, sent):
    other = bought((shop.starter, 1))
    written(first(other))
    client = link_holder(sent)
    for line in (first(other).pk, 0, 10**12):
        path = f"/orders/{sent.token}/reviews/{line}/"
        assert client.get(path).status_code == client.post(path, SAID).status_code == 404
        assert client.post(f"{path}withdraw/").status_code == 303
    assert Review.objects.get().line == first(other)


def test_what_was_not_sent_cannot_be_reviewed(shop):
    order = builders.order(paid=True)
    builders.line(order, shop.starter, 2)
    client = link_holder(order)
    assert "Nothing of this order is with you yet" in words(client.get(address(order)))
    assert say(order, client).status_code == 404
    assert not Review.objects.exists()


def test_what_came_back_whole_cannot_either_but_the_rest_can(sent):
    clerk = UserFactory(is_staff=True)
    sized, bottle = sent.lines.order_by("pk")
    for pieces in (1, 1):
        assert reviews_of_order(sent.pk).line(sized.pk) is not None
        record_return(
            order_id=sent.pk, pieces={sized.pk: pieces}, sealed=True, sound=True, actor_id=clerk.pk
        )
    assert say(sent, line=sized).status_code == 404
    assert say(sent, line=bottle).status_code == 303


def test_what_was_said_before_it_came_back_stays_its_writers(sent):
    clerk, client = UserFactory(is_staff=True), link_holder(sent)
    written(first(sent))
    record_return(
        order_id=sent.pk, pieces={first(sent).pk: 2}, sealed=False, sound=True, actor_id=clerk.pk
    )
    assert say(sent, client, text="Not for me.", expected_version="1").status_code == 303
    assert Review.objects.get().text == "Not for me."


def test_a_cancelled_order_has_nothing_to_say(sent):
    Order.objects.update(status=OrderStatus.CANCELED)
    assert say(sent).status_code == 404


def test_who_has_said_all_is_offered_no_question(sent):
    for line in sent.lines.all():
        written(line)
    assert reviews_of_order(sent.pk).may_wish is False
    assert "Shall we ask you later?" not in words(link_holder(sent).get(address(sent)))


def test_a_gift_card_asks_for_no_review(shop):
    order = builders.order(paid=True)
    order.store_value_in_metadata({GIFT_CARD_KEY: True})
    order.save()
    assert reviews_of_order(order.pk).may_wish is False
    client = link_holder(order)
    client.post(address(order, rest="wish/"), {"wanted": "1"})
    assert not ReviewInvitation.objects.exists()


def test_money_that_came_back_does_not_silence_who_kept_it(sent):
    sent.payments.update(charge_status="fully-refunded", captured_amount=0)
    assert say(sent).status_code == 303


def test_a_changed_review_is_read_again_and_hidden_meanwhile(sent):
    row, client = written(first(sent)), link_holder(sent)
    assert "Good." in product_page()
    assert say(sent, client, text="Better now.", expected_version="1").status_code == 303
    row.refresh_from_db()
    assert (row.state, row.version, row.text) == (ReviewState.WAITING, 2, "Better now.")
    assert "Good." not in product_page()
    assert "Better now." not in product_page()


def test_the_same_words_again_need_no_second_reading(sent):
    client = link_holder(sent)
    say(sent, client)
    Review.objects.update(state=ReviewState.PUBLISHED)
    assert say(sent, client).status_code == 303
    assert (Review.objects.get().state, Review.objects.get().version) == ("published", 1)


def test_another_window_does_not_overwrite_and_loses_nothing(sent):
    client = link_holder(sent)
    say(sent, client)
    late = say(sent, client, text="From the other window.")
    assert late.status_code == 409
    assert "You changed this in another window meanwhile." in words(late)
    assert "From the other window." in words(late)
    assert 'name="expected_version" value="1"' in words(late)
    assert Review.objects.get().text == SAID["text"]


def test_its_writer_takes_it_back(sent):
    written(first(sent))
    client = link_holder(sent)
    for _ in range(2):
        assert client.post(address(sent, first(sent), "withdraw/")).status_code == 303
    assert not Review.objects.exists()
    assert "Good." not in product_page()


def test_the_account_that_ordered_it_may(shop):
    user = UserFactory()
    order = bought((shop.starter, 1), user=user)
    assert say(order, personas.customer(user)).status_code == 303


def test_two_of_one_line_are_refused_by_the_database(sent):
    written(first(sent))
    with pytest.raises(IntegrityError), transaction.atomic():
        written(first(sent))
    for wrong in ({"comfort": 0}, {"size_accuracy": 6}, {"state": "hidden"}, {"state": "declined"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_make_one_review():
    order = bought((variant_in_stock(9), 1))

    def write(text):
        said = ReviewWords("", 4, None, 5, text)
        return write_review(
            order_id=order.pk,
            line_id=first(order).pk,
            expected_version=0,
            words=said,
            language="en",
        )

    answers = at_once(*(lambda text=text: write(text) for text in ("One.", "Two.", "Three.")))
    kept = [answer for answer in answers if isinstance(answer, Review)]
    assert len(kept) == 1
    assert [type(answer) for answer in answers].count(ReviewRefused) == 2
    assert Review.objects.get().text == kept[0].text


def test_the_data_has_it_and_the_end_of_the_account_takes_it(shop):
    user = UserFactory()
    order = bought((shop.starter, 1), user=user)
    written(first(order), name="Otter", text="Good.")
    want_invitation(order_id=order.pk, wanted=True)
    [data] = account_data(user.pk)["orders"]
    [review] = data["reviews"]
    assert (review["name"], review["text"], review["comfort"]) == ("Otter", "Good.", 5)
    assert data["wants_to_be_asked_for_a_review"] is True
    delete_account(user_id=user.pk)
    assert not Review.objects.exists()
    assert not ReviewInvitation.objects.exists()
    assert "Good." not in product_page()


def test_it_goes_with_the_person_of_its_order(sent):
    written(first(sent))
    want_invitation(order_id=sent.pk, wanted=True)
    anonymise_order(order=sent)
    assert not Review.objects.exists()
    assert not ReviewInvitation.objects.exists()


def test_staff_hand_over_and_erase_that_of_a_guest_and_its_words_leave_the_page(shop, sent):
    written(first(sent), name="Otter", text="Good.")
    want_invitation(order_id=sent.pk, wanted=True)
    assert "Good." in product_page()
    [data] = person_data("ROBIN@example.org")["orders_without_account"]
    assert [review["text"] for review in data["reviews"]] == ["Good."]
    assert erase_person("ROBIN@example.org") == 1
    assert not Review.objects.exists()
    assert not ReviewInvitation.objects.exists()
    assert "Good." not in product_page()

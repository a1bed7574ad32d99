"""Staff, groups, customers, delivery, vouchers and gift cards."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from saleor.account.models import User
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.shipping.models import ShippingZone

from tests import personas
from tests.factories import GiftCardFactory, ShippingMethodFactory, UserFactory, VoucherFactory
from tests.personas import permission
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

STAFF = "/staff/dashboard/staffmember/"
GROUPS = "/staff/auth/group/"
CARDS = "/staff/dashboard/maskedgiftcard/"


@pytest.fixture
def manager():
    """Someone who manages staff and orders, and nothing else."""
    return personas.staff("account.manage_staff", "order.manage_orders")


@pytest.fixture
def colleague():
    return UserFactory(email="pia@example.org", is_staff=True)


def group(*permissions, name="Packers"):
    made = Group.objects.create(name=name)
    made.permissions.set([permission(code) for code in permissions])
    return made


def member(user, **fields):
    return {"email": user.email, "first_name": "", "last_name": "", "is_active": "on", **fields}


def test_a_manager_adds_someone_who_can_log_in_but_see_nothing(manager):
    fields = {
        "email": "New@Example.org", "first_name": "Nia", "last_name": "Low",
        "password1": "long-and-quiet-water", "password2": "long-and-quiet-water",
    }  # fmt: skip
    assert manager.post(f"{STAFF}add/", fields).status_code == 302
    added = User.objects.get(email="new@example.org")
    assert (added.is_staff, added.is_superuser) == (True, False)
    assert added.check_password("long-and-quiet-water")
    assert added.get_all_permissions() == set()


def test_a_role_is_given_on_the_page_that_adds_somebody(manager):
    packers, editors = (
        group("order.manage_orders"),
        group("product.manage_products", name="Editors"),
    )
    fields = {
        "email": "nia@example.org", "password1": "long-and-quiet-water",
        "password2": "long-and-quiet-water",
    }  # fmt: skip
    refused = manager.post(f"{STAFF}add/", {**fields, "groups": [editors.pk]})
    assert (refused.status_code, User.objects.filter(email="nia@example.org").count()) == (200, 0)
    assert manager.post(f"{STAFF}add/", {**fields, "groups": [packers.pk]}).status_code == 302
    assert list(User.objects.get(email="nia@example.org").groups.all()) == [packers]


def test_a_members_page_is_in_words_of_a_shop(manager, colleague):
    page = manager.get(f"{STAFF}{colleague.pk}/change/").content.decode()
    assert "argon2" not in page
    assert "Raw passwords" not in page
    link = f"/staff/dashboard/staffmember/{colleague.pk}/password/"
    assert f'href="{link}"' in page
    assert manager.get(link).status_code == 200


@pytest.mark.parametrize("email", ["pia@example.org", "PIA@example.org"])
def test_one_e_mail_has_one_account(manager, colleague, email):
    fields = {"email": email, "password1": "long-and-quiet-water",
              "password2": "long-and-quiet-water"}  # fmt: skip
    answer = manager.post(f"{STAFF}add/", fields)
    assert answer.status_code == 200
    assert User.objects.filter(email__iexact="pia@example.org").count() == 1


def test_a_manager_hands_on_a_group_within_their_own_rights(manager, colleague):
    packers = group("order.manage_orders")
    url = f"{STAFF}{colleague.pk}/change/"
    assert manager.post(url, member(colleague, groups=[packers.pk])).status_code == 302
    assert list(colleague.groups.all()) == [packers]


def test_a_manager_cannot_hand_on_more_than_they_have(manager, colleague):
    editors = group("product.manage_products", name="Editors")
    url = f"{STAFF}{colleague.pk}/change/"
    manager.post(url, member(colleague, groups=[editors.pk], is_superuser="on"))
    colleague.refresh_from_db()
    assert not colleague.groups.exists()
    assert colleague.is_superuser is False


@pytest.mark.parametrize("stronger", ["superuser", "group", "switched off"])
def test_a_manager_cannot_touch_someone_who_may_do_more(manager, colleague, stronger):
    if stronger == "superuser":
        User.objects.filter(pk=colleague.pk).update(is_superuser=True)
    else:
        colleague.groups.add(group("product.manage_products"))
        User.objects.filter(pk=colleague.pk).update(is_active=stronger != "switched off")
    url = f"{STAFF}{colleague.pk}/"
    new = {"password1": "long-and-quiet-water", "password2": "long-and-quiet-water"}

    assert manager.post(f"{url}change/", member(colleague, first_name="X")).status_code == 403
    assert manager.post(f"{url}password/", new).status_code == 403
    colleague.refresh_from_db()
    assert colleague.first_name == ""
    assert not colleague.check_password("long-and-quiet-water")


def test_a_manager_sets_a_new_password_for_a_colleague(manager, colleague):
    new = {"password1": "long-and-quiet-water", "password2": "long-and-quiet-water"}
    assert manager.post(f"{STAFF}{colleague.pk}/password/", new).status_code == 302
    colleague.refresh_from_db()
    assert colleague.check_password("long-and-quiet-water")


def test_customers_are_not_among_the_staff(manager):
    customer = UserFactory()
    assert manager.get(f"{STAFF}{customer.pk}/change/").status_code == 302
    assert manager.post(f"{STAFF}{customer.pk}/password/", {}).status_code == 404


def test_a_manager_cannot_widen_a_group_beyond_their_own_rights(manager):
    packers = group("order.manage_orders")
    products = permission("product.manage_products")
    answer = manager.post(
        f"{GROUPS}{packers.pk}/change/", {"name": "Packers", "permissions": [products.pk]}
    )
    assert answer.status_code == 200
    assert list(packers.permissions.all()) == [permission("order.manage_orders")]


def test_a_manager_cannot_narrow_a_group_that_may_do_more(manager):
    editors = group("product.manage_products", name="Editors")
    answer = manager.post(f"{GROUPS}{editors.pk}/change/", {"name": "X", "permissions": []})
    assert answer.status_code == 403
    assert Group.objects.filter(name="Editors").exists()


def test_a_customer_leads_to_their_orders_whoever_may_open_those():
    customer = UserFactory()
    theirs = builders.order(user=customer)
    builders.order()
    page = f"/staff/dashboard/customer/{customer.pk}/change/"
    orders = f"/staff/order/order/?user__id__exact={customer.pk}"

    support = personas.in_role("Support")
    assert f'href="{orders}"' in support.get(page).content.decode()
    assert list(support.get(orders).context["cl"].queryset) == [theirs]
    without_orders = personas.staff("account.manage_users")
    assert "/staff/order/order/" not in without_orders.get(page).content.decode()


def test_customers_show_the_least_and_no_staff():
    who = personas.staff("account.manage_users")
    customer = UserFactory(first_name="Ana", note="Called on Monday")
    html = who.get("/staff/dashboard/customer/").content.decode()
    page = who.get(f"/staff/dashboard/customer/{customer.pk}/change/").content.decode()
    for text in (html, page):
        assert customer.email in text
        assert "Called on Monday" not in text
    staff = User.objects.filter(is_staff=True).get()
    assert who.get(f"/staff/dashboard/customer/{staff.pk}/change/").status_code == 302


def test_a_zone_keeps_all_its_countries():
    zone = ShippingMethodFactory().shipping_zone
    who = personas.staff("shipping.manage_shipping")
    answer = who.post(
        f"/staff/shipping/shippingzone/{zone.pk}/change/",
        {
            "name": "Islands", "countries": ["GB", "IE"],
            "shipping_methods-TOTAL_FORMS": "0", "shipping_methods-INITIAL_FORMS": "0",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert [country.code for country in ShippingZone.objects.get().countries] == ["GB", "IE"]


def test_a_new_voucher_holds_in_every_country_unless_some_are_chosen():
    who = personas.staff("discount.manage_discounts")
    now = timezone.localtime()
    answer = who.post(
        "/staff/discount/voucher/add/",
        {
            "code": "SPRING", "type": "entire_order", "discount_value_type": "percentage",
            "discount_value": "10", "start_date_0": f"{now:%Y-%m-%d}", "start_date_1": "00:00:00",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert list(Voucher.objects.get().countries) == []


def test_a_gift_card_shows_its_code_once():
    who = personas.staff("giftcard.manage_gift_card")
    answer = who.post(
        f"{CARDS}add/", {"initial_balance_amount": "50.00", "end_date": ""}, follow=True
    )
    card = GiftCard.objects.get()
    assert len(card.code) == 16
    assert card.current_balance_amount == card.initial_balance_amount == 50
    assert card.code in answer.content.decode()

    for url in (CARDS, f"{CARDS}{card.pk}/change/", f"{CARDS}{card.pk}/history/"):
        html = who.get(url).content.decode()
        assert card.code not in html
        assert f"****{card.code[-4:]}" in html


@pytest.mark.parametrize("amount", ["-5", "0"])
def test_a_gift_card_is_worth_something(amount):
    who = personas.staff("giftcard.manage_gift_card")
    assert who.post(f"{CARDS}add/", {"initial_balance_amount": amount}).status_code == 200
    assert not GiftCard.objects.exists()


def test_what_is_on_a_card_cannot_be_changed():
    card = GiftCardFactory()
    card.refresh_from_db()
    before = (card.code, card.current_balance_amount)
    who = personas.staff("giftcard.manage_gift_card")
    fields = {"end_date": "", "current_balance_amount": "999", "code": "MINE"}
    assert who.post(f"{CARDS}{card.pk}/change/", fields).status_code == 302
    card.refresh_from_db()
    assert (card.code, card.current_balance_amount) == before
    assert card.is_active is False


def test_a_code_cannot_be_guessed_by_searching():
    card = GiftCardFactory(code="ABCDEFGH23456789")
    who = personas.staff("giftcard.manage_gift_card")
    found = {
        "6789": [card.pk], "abcdefgh23456789": [card.pk], "": [card.pk],
        "56789": [], "ABCD": [], "789": [],
    }  # fmt: skip
    for term, expected in found.items():
        rows = who.get(CARDS, {"q": term}).context["cl"].result_list
        assert [row.pk for row in rows] == expected


@pytest.mark.parametrize(("kind", "status"), [("percentage", 200), ("fixed", 302)])
def test_no_voucher_takes_off_more_than_everything(kind, status):
    fields = {
        "code": "HUGE", "type": "entire_order", "discount_value_type": kind,
        "discount_value": "101", "start_date_0": "2026-01-02", "start_date_1": "00:00:00",
    }  # fmt: skip
    who = personas.staff("discount.manage_discounts")
    assert who.post("/staff/discount/voucher/add/", fields).status_code == status
    assert Voucher.objects.exists() is (status == 302)


def test_editing_a_voucher_does_not_undo_a_use_counted_meanwhile(monkeypatch):
    voucher = VoucherFactory(code="SPRING", name="Old", used=1)
    clean = Voucher.full_clean

    def used_meanwhile(self, *args, **kwargs):
        Voucher.objects.filter(pk=voucher.pk).update(used=2)
        return clean(self, *args, **kwargs)

    monkeypatch.setattr(Voucher, "full_clean", used_meanwhile)
    fields = {
        "code": "SPRING", "name": "New", "type": voucher.type,
        "discount_value_type": voucher.discount_value_type,
        "discount_value": voucher.discount_value, "start_date_0": "2026-01-02",
        "start_date_1": "00:00:00",
    }  # fmt: skip
    who = personas.staff("discount.manage_discounts")
    answer = who.post(f"/staff/discount/voucher/{voucher.pk}/change/", fields)
    assert answer.status_code == 302
    voucher.refresh_from_db()
    assert (voucher.name, voucher.used) == ("New", 2)


def voucher(**fields):
    return {
        "code": "SPRING", "type": "entire_order", "discount_value_type": "percentage",
        "discount_value": "10", "start_date_0": "2026-01-02", "start_date_1": "00:00:00", **fields,
    }  # fmt: skip


def errors(answer):
    return answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"discount_value": "0"}, {"discount_value": ["Nothing would be taken off."]}),
        (
            {"type": "specific_product"},
            {"products": ["Choose the products that it is for, or collections or categories."]},
        ),
        (
            {"end_date_0": "2026-01-01", "end_date_1": "00:00:00"},
            {"end_date": ["It would end before it begins."]},
        ),
    ],
)
def test_a_voucher_that_nobody_could_use_is_refused_and_the_form_keeps_it(fields, problem):
    who = personas.staff("discount.manage_discounts")
    answer = who.post("/staff/discount/voucher/add/", voucher(**fields))
    assert errors(answer) == problem
    assert 'value="SPRING"' in answer.content.decode()
    assert not Voucher.objects.exists()


def test_a_gift_card_does_not_end_before_it_is_issued():
    who = personas.staff("giftcard.manage_gift_card")
    answer = who.post(f"{CARDS}add/", {"initial_balance_amount": "50", "end_date": "2020-01-01"})
    assert errors(answer)["end_date"] == ["This day is over. To stop a card, make it inactive."]
    assert not GiftCard.objects.exists()


def test_a_card_that_has_ended_can_still_be_made_inactive():
    card = GiftCardFactory(end_date="2020-01-01")
    who = personas.staff("giftcard.manage_gift_card")
    assert who.post(f"{CARDS}{card.pk}/change/", {"end_date": "2020-01-01"}).status_code == 302
    card.refresh_from_db()
    assert card.is_active is False


ZONES = "/staff/shipping/shippingzone/"
NO_METHODS = {"shipping_methods-TOTAL_FORMS": "0", "shipping_methods-INITIAL_FORMS": "0"}


@pytest.mark.parametrize(
    ("countries", "problem"),
    [
        ([], "Choose at least one country: the zone would serve nobody."),
        (["FR", "GB"], "United Kingdom is in the zone “Test zone” already."),
    ],
)
def test_a_zone_serves_countries_that_no_other_zone_has(countries, problem):
    ShippingMethodFactory(shipping_zone__name="Test zone", shipping_zone__countries=["GB"])
    who = personas.staff("shipping.manage_shipping")
    fields = {"name": "New zone", "countries": countries, **NO_METHODS}
    answer = who.post(f"{ZONES}add/", fields)
    assert errors(answer) == {"countries": [problem]}
    assert 'value="New zone"' in answer.content.decode()
    assert ShippingZone.objects.count() == 1


def test_one_zone_serves_all_countries_that_no_other_names():
    who = personas.staff("shipping.manage_shipping")
    fields = {"name": "Everywhere else", "default": "on", **NO_METHODS}
    assert who.post(f"{ZONES}add/", fields).status_code == 302
    answer = who.post(f"{ZONES}add/", fields | {"name": "Once more"})
    assert errors(answer) == {"default": ["“Everywhere else” serves all other countries already."]}


def test_the_limits_of_a_method_leave_room_between_them():
    who = personas.staff("shipping.manage_shipping")
    begin = "shipping_methods-0-"
    fields = {
        "name": "Islands", "countries": ["IE"], **NO_METHODS, "shipping_methods-TOTAL_FORMS": "1",
        f"{begin}name": "Boat", f"{begin}type": "price", f"{begin}price_amount": "5",
        f"{begin}minimum_order_price_amount": "50", f"{begin}maximum_order_price_amount": "40",
    }  # fmt: skip
    html = who.post(f"{ZONES}add/", fields).content.decode()
    assert "This is less than the minimum." in html
    assert 'value="Boat"' in html
    assert not ShippingZone.objects.exists()

"""Ways around the controls of docs/security.md that were tried later; each is kept."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve
from saleor.account.models import User

from plugins.discreet_shipping.collection_points import load_postcodes, locate_postcode
from plugins.discreet_shipping.recipient import official_postcode
from plugins.ordering.links import order_link
from product_content.tables import formula_safe
from saleor_config.logs import scrub
from tests import personas
from tests.factories import GiftCardFactory, UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
PASSWORD = "long-and-quiet-water"

# --- lists: other parameters than filters ---------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["_to_field=password&_popup=1", "_to_field=code", "_to_field=orders__token", "_to_field=email"],
)
@pytest.mark.parametrize("page", ["", "1/change/", "add/"])
def test_a_to_field_spells_out_nothing(query, page):
    card = GiftCardFactory(code="11112222")
    owner = personas.owner()
    for section in ("dashboard/maskedgiftcard", "dashboard/customer", "dashboard/staffmember"):
        answer = owner.get(f"/staff/{section}/{page}?{query}", follow=True)
        assert card.code not in answer.content.decode()
        assert "argon2" not in answer.content.decode()
    by_code = owner.get("/staff/dashboard/maskedgiftcard/11112222/change/?_to_field=code")
    assert by_code.status_code != 200


@pytest.mark.parametrize("order", ["1", "-1", "1.2", "99", "code", "1.-1.1", "-"])
def test_no_order_of_rows_tells_codes_apart(order):
    for code in ("BBBB-1", "AAAA-2", "CCCC-0"):
        GiftCardFactory(code=code)
    owner = personas.owner()
    usual = owner.get("/staff/dashboard/maskedgiftcard/").context["cl"].result_list
    sorted_ = owner.get("/staff/dashboard/maskedgiftcard/", {"o": order})
    codes = [card.code for card in sorted_.context["cl"].result_list]
    assert codes in ([card.code for card in usual], [card.code for card in reversed(usual)])


@pytest.mark.parametrize("typed", ["%%%%", "____", "A%%A", "\\\\\\\\", "AAA", "AAAA-"])
def test_a_search_of_gift_cards_takes_no_patterns(typed):
    GiftCardFactory(code="AAAA-BBBB-1234")
    found = personas.owner().get("/staff/dashboard/maskedgiftcard/", {"q": typed})
    assert list(found.context["cl"].result_list) == []


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize(
    ("section", "query"),
    [
        ("dashboard/stockitem/export", "product_variant__product__private_metadata__has_key=x"),
        ("dashboard/stockitem/export", "warehouse__address__phone__startswith=0"),
        ("order/order", "_changelist_filters=password__startswith%3Da&user__password=x"),
        ("order/order", "user__id__exact__gt=0"),
        ("order/order", "work__in=late&flags__message__contains=x"),
        ("discount/voucher", "customers__customer_email__startswith=r"),
        ("dashboard/staffmember", "groups__user__password__startswith=a"),
        ("admin/logentry", "user__password__startswith=a"),
        ("ordering/orderlimits", "id__gt=0"),
    ],
)
def test_other_pages_of_a_list_take_no_other_lookups(verb, section, query):
    variant_in_stock(3)
    client = personas.owner()
    client.raise_request_exception = False
    sent = {"action": "add_note", "_selected_action": "1"} if verb == "post" else {}
    answer = getattr(client, verb)(f"/staff/{section}/?{query}", sent)
    assert answer.status_code in {302, 400}


@pytest.mark.parametrize(
    ("app", "model", "field"),
    [
        ("order", "order", "user"),
        ("dashboard", "maskedgiftcard", "user"),
        ("account", "user", "default_shipping_address"),
        ("product_content", "guideproduct", "product"),
        ("dashboard", "stockitem", "product_variant"),
    ],
)
def test_suggestions_are_for_fields_that_have_them_and_for_whoever_may_see_the_rows(
    app, model, field
):
    UserFactory(email="robin@example.org")
    url = f"/staff/autocomplete/?app_label={app}&model_name={model}&field_name={field}&term="
    assert personas.in_role("Packer").get(url).status_code == 403
    answer = personas.owner().get(url)
    assert answer.status_code in {200, 403}
    assert "robin@" not in answer.content.decode()


# --- e-mail addresses: every look-up ---------------------------------------------------

SPELLED = (
    "Robin@Example.org",
    "ro\u200bbin@example.org",
    "robin\u00ad@example.org",
    "ＲＯＢＩＮ@example.org",
)


@pytest.mark.parametrize("typed", SPELLED)
def test_staff_find_people_by_every_spelling(typed):
    robin = UserFactory(email="robin@example.org")
    owner = personas.owner()
    found = owner.get("/staff/dashboard/customer/", {"q": typed}).context["cl"].result_list
    assert [user.pk for user in found] == [robin.pk]
    User.objects.filter(pk=robin.pk).update(is_staff=True)
    found = owner.get("/staff/dashboard/staffmember/", {"q": typed}).context["cl"].result_list
    assert [user.pk for user in found] == [robin.pk]


@pytest.mark.parametrize("typed", SPELLED)
def test_whoever_is_added_from_the_server_logs_in(typed, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    added = "Robin@Example.org"  # the command itself refuses the other spellings
    call_command("createsuperuser", interactive=False, email=added, verbosity=0)
    assert User.objects.get().email == "robin@example.org"
    sent = {"username": typed, "password": PASSWORD}
    assert Client().post("/staff/login/", sent).status_code == 302


def test_a_row_that_code_saves_has_the_normal_form():
    user = User.objects.create(email=" Ro\u200bbin@EXAMPLE.org", password=make_password(PASSWORD))
    assert User.objects.get(pk=user.pk).email == user.email == "robin@example.org"


# --- logs: paths in other clothes -------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "{{'tried': [], 'path': '{path}'}}",
        "next=%2F{quoted}&x=1",
        "http%3A%2F%2Fshop.example%2F{quoted}",
        'url="\\/{json}"',
        "sent to {path} now",
        "(/{path})",
        "[/{path}]",
        "path=/{path}",
        "Location:/{path}",
        "//{path}",
        "/ES/{path}",
        "/es/{path}",
    ],
)
def test_a_signed_link_is_scrubbed_however_it_is_written(line):
    link = order_link(order=builders.order())
    path = link.removeprefix("http://testserver/")
    signed = path.rstrip("/").rsplit("/", 1)[1]
    written = line.format(path=path, quoted=path.replace("/", "%2F"), json=path.replace("/", "\\/"))
    assert signed not in scrub(written)


def test_a_page_that_is_missing_leaves_nothing_in_its_own_error():
    with pytest.raises(Resolver404) as missing:
        resolve("/orders/open/secret-link/more/")
    assert "secret-link" not in scrub(repr(missing.value))


# --- tables: formulas in other clothes --------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "\u3000＝1+1", "\x0b=1", "+1+1", "-1+1",
     "@SUM(1)", "﹢1", "－1", "\u2212A1", "\t=1", "\r=1", "\n=1", "-0x1", "-1e5", "﹣1+1", "﹦1", "﹫a"],
)  # fmt: skip
def test_no_cell_runs(cell):
    assert formula_safe(cell).startswith("'")


# --- postcodes --------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["EX1 1AA\n\nX", "EX1 1AA;", "ЕХ1 1АА", "EX1 1AA EX1 1AA", "", " ",
                                    "EX1 1A", "E" * 500, "\u0660", "EX1\u202e1AA x"])  # fmt: skip
def test_what_is_no_postcode_is_none(typed):
    assert official_postcode("GB", typed) is None


@pytest.mark.parametrize(
    "typed", ["bn7 1aa", "BN71AA", "ＢＮ７　１ＡＡ", "bn7\u00a01aa", "bn7-1aa"]
)
def test_a_point_is_found_by_a_postcode_however_it_is_typed(typed):
    load_postcodes()
    assert locate_postcode("GB", "BN7 1AA") is not None
    assert locate_postcode("GB", typed) == locate_postcode("GB", "BN7 1AA")

"""What no person types: NUL, numbers without end, ids of nothing. Nobody gets a server error."""

import logging

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from saleor.warehouse.models import Stock

from dashboard.models import AccessRecord
from plugins.discreet_shipping.configuration import ConfigurationProblems, read_settings
from plugins.inventory.models import StockEntry
from product_content.parsing import MAX_ID, parse_id, parse_ids, sku_key
from saleor_config.edge import MAX_NAME
from tests import personas
from tests.factories import GuideFactory, WarehouseFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
ENDLESS = "9" * 5000
HOME = {"HTTP_ORIGIN": "http://testserver"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("7", 7), (" 0042 ", 42), ("0", 0), ("000", 0), (str(MAX_ID), MAX_ID), (7, 7),
     (str(MAX_ID + 1), None), (ENDLESS, None), ("0" * 5000 + "7", 7), ("-1", None), ("+1", None),
     ("1.0", None), ("", None), ("٣", None), ("²", None), ("1e3", None), ("a", None),
     (None, None), ("7\0", None), ("1_0", None)],
)  # fmt: skip
def test_an_id_is_read_or_is_none(typed, read):
    assert parse_id(typed) == read


def test_ids_keep_their_order_and_lose_what_is_none():
    assert parse_ids(["3", "x", ENDLESS, "1"]) == [3, 1]


def test_skus_are_compared_as_scanners_type_them():
    assert sku_key(" sw-one-3 ") == "SW-ONE-3"


@pytest.mark.parametrize("path", ["/?q=a%00", "/search/?q=%00", "/?%00=1", "/stripe/return/?session=%00",
                                  "/sets/%00/", "/staff/order/order/?q=%00"])  # fmt: skip
def test_nul_in_an_address_is_refused_kindly(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert "That did not make sense to us" in answer.content.decode()


def test_nul_in_a_form_is_refused_before_a_page_reads_it():
    packer = personas.in_role("Packer")
    assert packer.post("/staff/packing/1/scan/", {"code": "A\0"}).status_code == 400
    assert packer.post("/staff/packing/bins/", {"sku": "A\0", "bin": "1"}).status_code == 400


def test_the_page_is_in_the_visitors_language(client):
    assert 'lang="es"' in client.get("/es/?q=%00").content.decode()


def test_a_cookie_with_nul_is_as_good_as_none(client):
    answer = client.get("/account/", HTTP_COOKIE='sid="\\000aaaaaaaaaaaaaaaa"; form="\\000"')
    assert answer.status_code == 302


@pytest.mark.parametrize("path", ["/?" + "a=1&" * 2000, "/" + "a" * 1500 + "/"])
def test_addresses_far_longer_than_ours_are_refused(client, path):
    assert client.get(path).status_code == 400


def test_what_is_refused_is_not_in_the_log(client, caplog):
    caplog.set_level(logging.DEBUG)
    client.get("/sets/very-private/?q=secret%00")
    assert "very-private" not in caplog.text
    assert "secret" not in caplog.text


ANONYMOUS = (
    ("get", "/sets/", {"size": ENDLESS, "from_mm": ENDLESS, "max_price": ENDLESS}),
    ("post", "/basket/add/", {"variant": ENDLESS, "quantity": ENDLESS}),
    ("post", "/basket/code/", {"remove_card": ENDLESS}),
    ("post", "/basket/code/", {"remove_card": "²"}),
    ("post", "/basket/lines/99999999999999999999/", {"quantity": "1"}),
    ("post", "/checkout/delivery/", {"method": ENDLESS}),
    ("post", "/checkout/discretion/", {"weekdays": ENDLESS}),
    ("post", "/orders/link/", {"number": ENDLESS, "email": "a@example.org"}),
    ("get", "/stripe/return/", {"session": ENDLESS[:3000]}),
    ("post", "/wishes/", {"variant": ENDLESS, "email": "a@example.org"}),
)


@pytest.mark.parametrize(("method", "path", "sent"), ANONYMOUS)
def test_numbers_without_end_are_answered(client, method, path, sent):
    if method == "get":
        sent = {name: value[:1500] for name, value in sent.items()}
    assert getattr(client, method)(path, sent, **HOME).status_code < 500


@pytest.mark.parametrize("option", ["²", "9" * 3900, "-1"])
def test_an_option_of_nothing_is_left_out(catalogue, client, option):
    assert client.get("/singles/smooth-single/", {"option": option}).status_code in (200, 404)


IDS = ("abc", "0", "-1", "9" * 30, "99999999999", "_5F", "%C2%B2", "1.5", "a/b",
       "00000000-0000-0000-0000-000000000000")  # fmt: skip
PAGES = ("", "change/", "history/", "delete/", "pack/", "step/", "address/", "return/", "refund/",
         "note/", "try-again/", "send-again/", "document/label/a6.pdf", "preview/",
         "password/")  # fmt: skip
SECTIONS = ("order/order", "order_emails/outgoingemail", "dashboard/stockitem", "warehouse/warehouse",
            "product_content/guide", "dashboard/customer", "dashboard/staffmember",
            "discount/voucher", "shipping/shippingzone")  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_ids_of_nothing_have_no_page_and_no_error(section):
    owner = personas.owner()
    answers = {
        f"{object_id}/{page}": owner.get(f"/staff/{section}/{object_id}/{page}").status_code
        for object_id in IDS
        for page in PAGES
    }
    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert set(answers.values()) <= {301, 302, 403, 404}


def test_an_id_in_another_spelling_leads_to_its_row():
    order, owner = builders.order(), personas.owner()
    for object_id in (f"000{order.pk}", f"%20{order.pk}"):
        answer = owner.get(f"/staff/order/order/{object_id}/change/")
        assert answer.status_code == 200
    assert set(AccessRecord.objects.values_list("subject_id", flat=True)) == {order.pk}


@pytest.mark.parametrize(
    ("section", "action"),
    [("order/order", "add_note"), ("order/order", "pick_list"), ("product_content/guide", "publish_selected"),
     ("order_emails/outgoingemail", "retry_selected"), ("product/product", "hide_selected")],
)  # fmt: skip
def test_actions_on_ids_of_nothing_do_nothing(section, action):
    order = builders.order()
    sent = {
        "action": action,
        ACTION_CHECKBOX_NAME: ["abc", ENDLESS, "99999999999", "²"],
        "index": "0",
    }
    owner = personas.owner()
    answer = owner.post(f"/staff/{section}/", sent)
    assert answer.status_code in (200, 302)
    confirmed = owner.post(f"/staff/{section}/", {**sent, "confirm": "1", "message": "x"})
    assert confirmed.status_code in (200, 302)
    assert not order.events.filter(type="note_added").exists()


def test_a_guide_without_a_topic_is_previewed():
    owner = personas.owner()
    assert owner.post("/staff/product_content/guide/preview/", {}).status_code == 200
    guide = GuideFactory()
    sent = {"title": "New", "topic": "nonsense", "updated_on": "99999-01-01", "sort_order": ENDLESS}
    answer = owner.post(f"/staff/product_content/guide/{guide.pk}/preview/", sent)
    assert answer.status_code == 200


@pytest.mark.parametrize("typed", [ENDLESS, "²", "99999999999"])
def test_delivery_settings_say_what_is_no_number(typed):
    wrong = {"most_days": typed, "collection_methods": typed}
    with pytest.raises(ConfigurationProblems) as refused:
        read_settings(wrong, active=True)
    assert set(wrong) <= set(refused.value.problems)


@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_row_is_found_by_its_id_when_no_field_is_named(page):
    warehouse = WarehouseFactory()
    path = f"/staff/warehouse/warehouse/{warehouse.pk}/{page}/?_to_field="
    assert personas.owner().get(path).status_code in (200, 403)


@pytest.mark.parametrize("typed", [ENDLESS[:3000], "²", "-1", "99999999999", "0"])
def test_a_page_of_the_ledger_that_cannot_be_is_the_first(typed):
    variant_in_stock(2)
    owner = personas.owner()
    path = f"/staff/dashboard/stockitem/{Stock.objects.get().pk}/change/"
    assert owner.get(path, {"entries-page": typed}).status_code == 200
    assert owner.post(path, {"entries-page": ENDLESS}).status_code == 200


@pytest.mark.parametrize(
    "tampered",
    [{"entries-0-id": "abc"}, {"entries-0-id": "99999"}, {"entries-0-id": ""}, {"entries-0-DELETE": "on"},
     {"entries-TOTAL_FORMS": "5"}, {"entries-INITIAL_FORMS": "5", "entries-TOTAL_FORMS": "5"},
     {"entries-TOTAL_FORMS": ENDLESS}],
)  # fmt: skip
def test_rows_that_are_only_shown_are_not_read_from_a_form(tampered):
    variant_in_stock(2)
    stock = Stock.objects.get()
    path = f"/staff/dashboard/stockitem/{stock.pk}/change/"
    owner = personas.owner()
    entries = StockEntry.objects.count()
    sent = {
        "quantity": "7",
        "expected": "2",
        "reason": "nonsense",
        "entries-0-stock": stock.pk,
    } | tampered
    assert owner.post(path, sent).status_code == 200
    assert StockEntry.objects.count() == entries
    assert owner.post(path, sent | {"reason": "counted"}).status_code == 302
    stock.refresh_from_db()
    assert (stock.quantity, StockEntry.objects.count()) == (7, entries + 1)


@pytest.mark.parametrize("typed", ["0000-00-00", "9" * 400, "²", ""])
def test_choices_that_cannot_be_are_asked_for_again(typed):
    owner, warehouse = personas.owner(), WarehouseFactory()
    path = f"/staff/warehouse/warehouse/{warehouse.pk}/change/"
    answer = owner.post(path, {"name": "", "shipping_zones": [typed, "1"]})
    assert (answer.status_code, bool(answer.context["adminform"].errors)) == (200, True)
    sent = {
        "question": "x",
        "products": typed,
        "related-0-related": typed,
        "related-TOTAL_FORMS": "1",
    }
    assert owner.post("/staff/product_content/guide/add/", sent).status_code == 200
    assert owner.post("/staff/discount/voucher/add/", sent).status_code == 200


STAFF_QUERIES = (
    ("order/order", "work=%C2%B2"),
    ("order/order", f"user__id__exact={'9' * 3000}"),
    ("order/order", f"q={'9' * 3000}"),
    ("order/order", f"p={'9' * 3000}&o={'9' * 900}"),
    ("dashboard/stockitem", f"size={'9' * 3000}"),
    ("dashboard/stockitem", "size=%C2%B2"),
    ("dashboard/stockitem", "warehouse__id__exact=abc"),
    ("inventory/stockentry", "at__gte=99999-01-01"),
    ("inventory/stockentry", "at__gte=9999-12-31+23:59:59-12:00"),
    ("inventory/stockentry", "at__lt=0001-01-01+00:00:00%2B12:00"),
    ("inventory/stockentry", "at__isnull=maybe"),
    ("inventory/stockentry", f"q={'9' * 3000}"),
    ("product_content/size", f"q={'9' * 3000}"),
    ("dashboard/accessrecord", f"q={'9' * 3000}"),
    ("product/product", "category__id__exact=x"),
    ("product/product", f"category__id__exact={'9' * 3000}"),
    ("dashboard/staffmember", f"groups__id__exact={'9' * 3000}"),
)


@pytest.mark.parametrize(("section", "query"), STAFF_QUERIES)
def test_staff_lists_answer_queries_that_mean_nothing(section, query):
    variant_in_stock(2)
    assert personas.owner().get(f"/staff/{section}/?{query}", follow=True).status_code < 500


@pytest.mark.parametrize("page", ["receive", "count", "move", "kits", "aside", "write-off"])
def test_stock_documents_answer_numbers_without_end(page):
    warehouse = WarehouseFactory(slug="main")
    variant = variant_in_stock(2, sku="A-1")
    sent = {
        "key": "0" * 32, "warehouse": warehouse.pk, "target": warehouse.pk, "note": "x",
        "scans": f"A-1 {ENDLESS}\nA-1 1", "kits": ENDLESS, "variant": variant.pk, "direction": "make",
        f"expected-{ENDLESS[:900]}": "1", f"expected-{variant.pk}": ENDLESS, "post": "1",
    }  # fmt: skip
    owner = personas.owner()
    assert owner.post(f"/staff/dashboard/stockitem/{page}/", sent).status_code == 422
    sent |= {"scans": "A-1 1", "kits": "1"}
    assert owner.post(f"/staff/dashboard/stockitem/{page}/", sent).status_code in (200, 302, 422)


@pytest.mark.parametrize("section", ["staff", "account"])
@pytest.mark.parametrize("name", ["9" * 4500, "x" * 3000 + "@example.org"])
def test_a_name_without_end_opens_nothing_and_is_a_failed_log_in(client, section, name):
    for _ in range(2):
        answer = client.post(
            f"/{section}/login/", {"username": name, "email": name, "password": "x"}
        )
        assert answer.status_code in (200, 422, 429)
    assert {len(attempt.username) for attempt in AccessAttempt.objects.all()} <= {MAX_NAME}


@pytest.mark.parametrize("known", ["\ufffe", "0", "-1", "1"])
def test_rows_that_a_request_makes_up_are_not_read(known):
    variant_in_stock(5)
    stock = Stock.objects.get()
    made_up = {
        "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": known, "form-0-id": stock.pk,
        "form-0-quantity": "5", "initial-form-0-quantity": "5", "form-0-reorder_point": "",
        "initial-form-0-reorder_point": "", "_save": "Save", "reason": "count", "note": "",
        **{f"form-{n}-{name}": "7" for n in (1, 2) for name in ("quantity", "reorder_point")},
    }  # fmt: skip
    answer = personas.in_role("Inventory keeper").post("/staff/dashboard/stockitem/", made_up)
    assert answer.status_code in (200, 302)
    assert list(Stock.objects.values_list("pk", "quantity")) == [(stock.pk, 5)]

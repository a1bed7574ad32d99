"""Saving a staff page: what is written, what the log says, and two people with one page open."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import html5lib
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.discount.models import Voucher
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Warehouse

from plugins.inventory.quantities import QUARANTINE
from plugins.ordering.addresses import delivery_countries
from product_content.models import Guide, ProductDetail
from storefront.checkout import list_delivery_methods
from tests import personas
from tests.factories import (
    ClaimFactory,
    GuideFactory,
    ProductFactory,
    ShippingMethodFactory,
    UserFactory,
    basket,
)

pytestmark = pytest.mark.django_db
ZONES = "/staff/shipping/shippingzone/"


def fields_of(answer):
    """Return what a browser would send of the page's form, with the line ends of a browser."""
    tree = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    sent = {}
    for one in (node for node in tree.iter() if node.tag in {"input", "select", "textarea"}):
        name, kind = one.get("name"), one.get("type", "")
        if not name or kind in {"submit", "file"} or name == "csrfmiddlewaretoken":
            continue
        if kind in {"checkbox", "radio"} and one.get("checked") is None:
            continue
        sent.setdefault(name, []).extend(_values(one))
    return sent


def _values(one):
    if one.tag == "textarea":
        return ["".join(one.itertext()).removeprefix("\n").replace("\n", "\r\n")]
    if one.tag == "select":
        options = list(one.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None]
        first = [] if one.get("multiple") is not None else options[:1]
        return [option.get("value", "") for option in chosen or first]
    return [one.get("value", "on" if one.get("type") in {"checkbox", "radio"} else "")]


def opened(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return fields_of(answer)


def errors(answer):
    return answer.context["adminform"].form.errors


@pytest.fixture
def guide():
    ClaimFactory()
    text = "## Begin\n\nTake your time.[^nhs]\n\n* one\n* two\n"
    return GuideFactory(body_markdown=text, readers=["vaginismus"], when_to_stop="Pain\nBleeding")


def path_of(guide):
    return f"/staff/product_content/guide/{guide.pk}/change/"


# --- what is written ---------------------------------------------------------------------
def test_a_guide_saved_as_it_was_opened_is_not_written(guide):
    editor = personas.in_role("Content editor")
    sent = opened(editor, path_of(guide))
    with CaptureQueriesContext(connection) as asked:
        assert editor.post(path_of(guide), sent).status_code == 302
    written = [q["sql"] for q in asked if 'UPDATE "product_content_guide"' in q["sql"]]
    assert written == []
    assert Guide.objects.get().body_markdown == guide.body_markdown


def test_of_a_guide_the_changed_words_alone_are_written_with_plain_line_ends(guide):
    editor = personas.in_role("Content editor")
    sent = opened(editor, path_of(guide)) | {"when_to_stop": "Pain\r\nBleeding\r\nFever"}
    assert editor.post(path_of(guide), sent).status_code == 302

    saved = Guide.objects.get()
    assert saved.when_to_stop == "Pain\nBleeding\nFever"
    assert saved.body_markdown == guide.body_markdown
    [entry] = LogEntry.objects.all()
    assert entry.get_change_message() == (
        "When to stop and see someone: “Pain / Bleeding” → “Pain / Bleeding / Fever”"
    )


def test_a_changed_text_is_rendered_though_only_its_own_column_was_named(guide):
    editor = personas.in_role("Content editor")
    text = "## Begin\n\nGo slowly.[^nhs]"
    sent = opened(editor, path_of(guide)) | {"body_markdown": text}
    assert editor.post(path_of(guide), sent).status_code == 302
    assert "Go slowly." in Guide.objects.get().body_html


def test_a_voucher_that_was_used_while_its_page_was_open_keeps_its_count():
    manager = personas.staff("discount.manage_discounts")
    voucher = Voucher.objects.create(code="SPRING", discount_value=5, usage_limit=9)
    path = f"/staff/discount/voucher/{voucher.pk}/change/"
    sent = opened(manager, path)
    Voucher.objects.update(used=3)
    assert manager.post(path, sent | {"usage_limit": "10"}).status_code == 302
    voucher.refresh_from_db()
    assert (voucher.used, voucher.usage_limit) == (3, 10)
    assert LogEntry.objects.get().get_change_message() == "Usage limit: “9” → “10”"


def test_the_log_names_the_fields_of_people_without_their_values():
    owner = personas.owner()

    colleague = UserFactory(is_staff=True, email="ana@shop.example", first_name="Ana")
    path = f"/staff/dashboard/staffmember/{colleague.pk}/change/"
    sent = opened(owner, path) | {"first_name": "Bea", "email": "bea@shop.example"}
    assert owner.post(path, sent).status_code == 302
    said = LogEntry.objects.get().get_change_message()
    assert "First name" in said
    for name in ("Ana", "Bea", "ana@", "bea@"):
        assert name not in said


# --- two people --------------------------------------------------------------------------
def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(guide):
    first, second = personas.in_role("Content editor"), personas.in_role("Content editor")
    hers, his = opened(first, path_of(guide)), opened(second, path_of(guide))
    assert first.post(path_of(guide), hers | {"summary": "Gently."}).status_code == 302

    answer = second.post(path_of(guide), his | {"summary": "Slowly."})
    [said] = errors(answer)["__all__"]
    assert "while you had it open" in said
    assert "→ “Gently.”" in said
    assert Guide.objects.get().summary == "Gently."
    shown = fields_of(answer)
    assert shown["summary"] == ["Slowly."]

    assert second.post(path_of(guide), shown).status_code == 302
    assert Guide.objects.get().summary == "Slowly."


def test_a_link_that_somebody_else_changed_is_told_of_too(guide):
    product = ProductFactory()
    link = guide.product_links.create(product=product, stage="first_use", reason="It is small.")
    editor = personas.in_role("Content editor")
    sent = opened(editor, path_of(guide))
    guide.product_links.update(reason="It is light.")
    answer = editor.post(path_of(guide), sent | {"summary": "Slowly."})
    assert "while you had it open" in errors(answer)["__all__"][0]
    link.refresh_from_db()
    assert link.reason == "It is light."


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_in_the_same_moment_one_is_told(guide):
    editors = [personas.in_role("Content editor") for _ in range(2)]
    forms = [opened(editor, path_of(guide)) for editor in editors]
    together = Barrier(2)

    def save(number):
        sent = forms[number] | {"summary": f"Words of {number}."}
        together.wait()
        try:
            return editors[number].post(path_of(guide), sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, range(2)))
    assert sorted(answers) == [200, 302]
    assert Guide.objects.get().summary == f"Words of {answers.index(302)}."


def test_one_editor_may_save_again_and_again(guide):
    editor = personas.in_role("Content editor")
    for words in ("Once.", "Twice.", "Three times."):
        sent = opened(editor, path_of(guide)) | {"summary": words}
        assert editor.post(path_of(guide), sent).status_code == 302
    assert Guide.objects.get().summary == "Three times."


def test_texts_of_a_product_are_compared_as_well():
    content = ProductDetail.objects.create(
        product=ProductFactory(), summary="A set.", description_markdown="One"
    )
    editor = personas.owner()
    path = f"/staff/product/product/{content.product_id}/change/"
    sent = opened(editor, path)
    ProductDetail.objects.update(description_markdown="Two")
    answer = editor.post(path, sent)
    assert "while you had it open" in errors(answer)["__all__"][0]


# --- zones -------------------------------------------------------------------------------
NO_METHODS = {"shipping_methods-TOTAL_FORMS": "0", "shipping_methods-INITIAL_FORMS": "0"}
NEW = "shipping_methods-0-"


def test_a_new_zone_is_sent_to_from_the_only_warehouse(shop):
    manager = personas.staff("shipping.manage_shipping")
    sent = opened(manager, f"{ZONES}add/")
    assert sent["warehouses"] == [str(shop.warehouse.pk)]
    answer = manager.post(
        f"{ZONES}add/",
        sent | {
            "name": "Spain", "countries": ["ES"], "shipping_methods-TOTAL_FORMS": "1",
            f"{NEW}name": "Post", f"{NEW}type": "price", f"{NEW}price_amount": "9",
            f"{NEW}minimum_order_price_amount": "", f"{NEW}maximum_order_price_amount": "",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert list(ShippingZone.objects.get(name="Spain").warehouses.all()) == [shop.warehouse]
    assert ("ES", "Spain") in delivery_countries()


def test_a_zone_without_a_warehouse_is_not_offered_until_one_is_chosen(shop):
    zone = ShippingZone.objects.create(name="Spain", countries=["ES"])
    ShippingMethodFactory(shipping_zone=zone)
    before = [code for code, _ in delivery_countries()]
    assert "ES" not in before
    manager = personas.staff("shipping.manage_shipping")
    assert "Nowhere yet: not offered" in manager.get(ZONES).content.decode()

    path = f"{ZONES}{zone.pk}/change/"
    sent = opened(manager, path)
    assert "warehouses" not in sent
    assert manager.post(path, sent | {"warehouses": [str(shop.warehouse.pk)]}).status_code == 302
    assert {code for code, _ in delivery_countries()} == {"ES", *before}


def test_the_rest_of_the_world_does_not_take_over_a_zone_that_waits(shop):
    waiting = ShippingZone.objects.create(name="Spain", countries=["ES"])
    ShippingMethodFactory(shipping_zone=waiting)
    rest = ShippingZone.objects.create(name="Rest", default=True)
    ShippingMethodFactory(shipping_zone=rest, name="World")
    rest.warehouses.set([shop.warehouse])
    codes = {code for code, _ in delivery_countries()}
    assert {"GB", "FR", "JP"} <= codes
    assert not codes & {"ES", "EU"}


def test_quarantine_sends_nowhere(shop):
    Warehouse.objects.create(name="Quarantine", slug=QUARANTINE, address=shop.warehouse.address)
    manager = personas.staff("shipping.manage_shipping")
    assert opened(manager, f"{ZONES}add/")["warehouses"] == [str(shop.warehouse.pk)]


def test_a_country_without_a_layout_of_addresses_is_refused():
    manager = personas.staff("shipping.manage_shipping")
    fields = {"name": "Union", "countries": ["EU"], **NO_METHODS}
    answer = manager.post(f"{ZONES}add/", fields)
    assert errors(answer) == {
        "countries": ["European Union has no addresses that a label could have."]
    }


def test_a_method_by_weight_takes_weights(shop):
    zone = shop.courier.shipping_zone
    manager = personas.staff("shipping.manage_shipping")
    path = f"{ZONES}{zone.pk}/change/"
    sent = opened(manager, path)
    at = int(sent["shipping_methods-INITIAL_FORMS"][0])
    new = f"shipping_methods-{at}-"
    sent |= {
        "shipping_methods-TOTAL_FORMS": str(at + 1), f"{new}name": "Heavy", f"{new}type": "weight",
        f"{new}price_amount": "12", f"{new}min_grams": "1000", f"{new}max_grams": "20000",
        f"{new}minimum_order_price_amount": "", f"{new}maximum_order_price_amount": "",
        f"{new}shipping_zone": str(zone.pk),
    }  # fmt: skip
    assert manager.post(path, sent).status_code == 302
    heavy = ShippingMethod.objects.get(name="Heavy")
    assert (heavy.minimum_order_weight.g, heavy.maximum_order_weight.g) == (1000, 20000)

    again = opened(manager, path)
    at = next(key for key, value in again.items() if value == ["Heavy"]).removesuffix("name")
    assert (again[f"{at}min_grams"], again[f"{at}max_grams"]) == (["1000"], ["20000"])


def test_limits_of_the_other_type_are_refused(shop):
    manager = personas.staff("shipping.manage_shipping")
    fields = {
        "name": "Spain", "countries": ["ES"], **NO_METHODS, "shipping_methods-TOTAL_FORMS": "1",
        f"{NEW}name": "Post", f"{NEW}type": "price", f"{NEW}price_amount": "9",
        f"{NEW}min_grams": "10",
    }  # fmt: skip
    html = manager.post(f"{ZONES}add/", fields).content.decode()
    assert "This method is offered by price." in html
    assert not ShippingZone.objects.filter(name="Spain").exists()


def test_a_method_of_a_zone_that_waits_cannot_be_chosen(shop):
    checkout = basket((shop.starter, 1))
    assert list_delivery_methods(checkout.pk)
    shop.courier.shipping_zone.warehouses.clear()
    assert list_delivery_methods(checkout.pk) == []


@pytest.mark.parametrize("number", ["x", "😀", "9" * 30])
@pytest.mark.parametrize("page", ["password", "change"])
def test_a_key_that_no_row_can_have_leads_nowhere(number, page):
    owner = personas.owner()
    answer = owner.post(f"/staff/dashboard/staffmember/{number}/{page}/", {})
    assert answer.status_code in {302, 404}

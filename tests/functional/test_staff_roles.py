"""Every address under /staff/, tried in each role: let in, or refused, and nothing between.

A page that is new must be named in `NEEDS`, by the beginning of its name.
"""

from functools import cache

import pytest
from django.contrib.auth.models import Group
from django.template.response import SimpleTemplateResponse
from django.urls import reverse

from dashboard.roles import ROLES
from dashboard.services.staff import make_roles
from dashboard.site import StaffSite
from dashboard.urls import urlpatterns
from tests import personas

pytestmark = pytest.mark.django_db

ANY_STAFF = ""
# What the names of the addresses begin with, and the permission that opens them.
NEEDS = {
    "admin_logentry_": "dashboard.view_access_log",
    "dashboard_accessrecord_": "dashboard.view_access_log",
    "dashboard_errorreport_": "dashboard.view_access_log",
    "auth_group_": "account.manage_staff",
    "dashboard_customer_": "account.manage_users",
    "dashboard_maskedgiftcard_": "giftcard.manage_gift_card",
    "dashboard_staffmember_": "account.manage_staff",
    "dashboard_stockitem_": "dashboard.manage_stock",
    "inventory_stockentry_": "dashboard.manage_stock",
    "inventory_purchaseorder_": "dashboard.manage_stock",
    "inventory_supplier_": "dashboard.manage_stock",
    "auth_user_password_change": "account.manage_staff",
    "discount_voucher_": "discount.manage_discounts",
    "discount_sale_": "discount.manage_discounts",
    "product_content_pricechange_": "discount.manage_discounts",
    "discreet_shipping_collectionpoint_": "shipping.manage_shipping",
    "collection_points_import": "shipping.manage_shipping",
    "email_text": "site.manage_settings",
    "order_emails_outgoingemail_": "order.manage_orders",
    "order_emails_customermessage_": "order.manage_orders",
    "order_emails_answertemplate_": "order.manage_orders",
    "order_emails_emailtext_": "site.manage_settings",
    "inventory_ledgercheck_": "dashboard.manage_stock",
    "order_order_": "order.manage_orders",
    "taxes_": "site.manage_settings",
    "order_relief_declaration": "site.manage_settings",
    "ordering_orderlimits_": "site.manage_settings",
    "order_order_begin_packing": "dashboard.pack_orders",
    # Packers open labels of what is to pack only: see security/test_packers_labels.py.
    "order_shipping_document": "order.manage_orders",
    "staff-bins": ("dashboard.pack_orders", "dashboard.manage_stock"),
    "staff-labels": "dashboard.pack_orders",
    "staff-packing": "dashboard.pack_orders",
    "staff-parcel": "dashboard.pack_orders",
    "staff-pick-list": "dashboard.pack_orders",
    "staff-recovery-codes": ANY_STAFF,
    "staff-reports": "dashboard.view_reports",
    "staff-export": "dashboard.view_reports",
    "staff-payouts": "dashboard.view_reports",
    "plugins_pluginconfiguration_": "plugins.manage_plugins",
    "guide_preview": "product.manage_products",
    "new_guide_preview": "product.manage_products",
    "page_text": "product.manage_products",
    "product_content_pagetext_": "product.manage_products",
    "product_content_newsitem_": "product.manage_products",
    "new_news_preview": "product.manage_products",
    "news_preview": "product.manage_products",
    "product_content_review_": "dashboard.moderate_reviews",
    "product_content_claim_": "product.manage_products",
    "product_content_guide_": "product.manage_products",
    "product_content_searchgroup_": "product.manage_products",
    "product_content_shopsettings_": "site.manage_settings",
    "product_content_size_": "product.manage_products",
    "product_content_source_": "product.manage_products",
    "product_product_": "product.manage_products",
    "product_productvariant_": "product.manage_products",
    "shipping_shippingzone_": "shipping.manage_shipping",
    "warehouse_warehouse_": "shipping.manage_shipping",
    "stripe_payments_": "order.manage_orders",
    **dict.fromkeys(("index", "search", "password_change", "jsi18n"), ANY_STAFF),
}
OPEN = {"login", "staff-second-factor", "staff-enrol", "staff-enrol-qr-code", "staff-cancel-login"}
ENDS_THE_SESSION = {"logout"}
WITHOUT_A_MODEL = {"autocomplete", "view_on_site", "app_list", None}  # they ask per model


@cache
def addresses():
    """Return {name: address} of all pages; rows are asked for by a number that nothing has."""
    found = {}
    for space, name, parameters in _patterns(urlpatterns):
        if name in OPEN | ENDS_THE_SESSION | WITHOUT_A_MODEL:
            continue
        values = {key: _value(key) for key in parameters}
        found[name] = reverse(f"{space}{name}", kwargs=values)
    return found


def _patterns(patterns, space=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            yield from _patterns(pattern.url_patterns, inner)
        else:
            yield space, pattern.name, pattern.pattern.converters


def _value(parameter):
    words = {"kind": "label", "size": "a6", "form": "pdf"}
    return words.get(parameter, 0)


def permissions_for(name):
    fitting = [begin for begin in NEEDS if name.startswith(begin)]
    assert fitting, f"Who may open {name}? Say it in NEEDS."
    needed = NEEDS[max(fitting, key=len)]
    return {needed} if isinstance(needed, str) else set(needed)


def forbidden(who):
    """Return the names of the pages that refuse this person; others answer, whatever it is."""
    answers = {name: who.get(address) for name, address in addresses().items()}
    assert not [name for name, answer in answers.items() if _asks_to_log_in(answer)]
    return {name for name, answer in answers.items() if answer.status_code == 403}


@cache  # the same for every role, and many pages
def forbidden_to_all():
    """Return the names of the pages that refuse even who may do everything."""
    return forbidden(personas.owner())


def _asks_to_log_in(answer):
    return answer.status_code == 302 and "/staff/login/" in answer.headers["Location"]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_opens_its_own_pages_and_no_others(role, monkeypatch):
    never = forbidden_to_all()
    # Who may open a page is decided before its template and menu, which take most of the time.
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr(StaffSite, "each_context", lambda *_: {})
    needed = {name: permissions_for(name) for name in addresses()}
    mine = {ANY_STAFF, *role.permissions}
    others = {name for name, codes in needed.items() if not codes & mine}

    assert forbidden(personas.in_role(role.name)) == others | never
    assert {name.rsplit("_", 1)[-1] for name in never} <= {"add", "delete"}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_sees_the_way_to_its_own_pages_and_to_no_others(role):
    html = personas.in_role(role.name).get("/staff/").content.decode()
    for name, address in addresses().items():
        if name.endswith("_changelist") and not permissions_for(name) & set(role.permissions):
            assert f'href="{address}' not in html, name


@pytest.mark.parametrize(
    "who", [personas.anonymous, personas.customer], ids=["anonymous", "customer"]
)
def test_nobody_else_opens_any_page(who):
    client = who()
    for name, address in addresses().items():
        assert _asks_to_log_in(client.get(address)), name


def test_the_roles_are_permission_groups_that_managers_may_change():
    Group.objects.all().delete()
    assert make_roles() == [role.name for role in ROLES]
    packers = Group.objects.get(name="Packer")
    packers.permissions.add(personas.permission("dashboard.manage_stock"))

    assert make_roles() == []

    assert packers.permissions.count() == 2
    for role in ROLES[1:]:
        codes = Group.objects.get(name=role.name).permissions
        named = codes.values_list("content_type__app_label", "codename")
        assert {".".join(code) for code in named} == set(role.permissions)


def test_a_manager_can_hand_on_every_role():
    manager = personas.in_role("Manager")
    colleague = personas.staff().session["_auth_user_id"]
    make_roles()
    html = manager.get(f"/staff/dashboard/staffmember/{colleague}/change/").content.decode()
    for role in ROLES:
        assert role.name in html


def test_a_keeper_of_stock_chooses_variants_without_opening_their_page():
    keeper = personas.in_role("Inventory keeper")
    choosing = {
        "app_label": "dashboard", "model_name": "stockitem", "field_name": "product_variant",
    }  # fmt: skip
    assert keeper.get("/staff/autocomplete/", choosing).status_code == 200
    assert personas.in_role("Support").get("/staff/autocomplete/", choosing).status_code == 403
    assert keeper.get("/staff/product/productvariant/").status_code == 403

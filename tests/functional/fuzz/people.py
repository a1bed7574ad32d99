"""The nine people, and a shop in which each of them finds something of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from saleor.account.models import User
from saleor.order.models import Order

from dashboard.models import AccessKind, SavedView
from dashboard.services.personal_data import record_access
from dashboard.site import staff_site
from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.inventory.alerts import alert_token
from plugins.inventory.models import BackInStockAlert, LedgerCheck
from plugins.order_emails.models import EmailText
from plugins.order_emails.outbox import queue_email
from plugins.ordering.links import order_link
from plugins.ordering.sold_cards import issue_gift_card
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent, UnmatchedPayment
from product_content.models import NewsItem
from storefront.accounts import confirm_tokens, new_email_tokens
from storefront.email_links import _link_path
from storefront.responses import write_basket_token
from storefront.saved_lists import SizeList, sealed
from tests import personas
from tests.factories import AddressFactory, UserFactory, VoucherFactory, basket
from tests.unit.dashboard import builders
from tests.unit.storefront.shop import Shop, open_shop

ROLES = ("Packer", "Inventory keeper", "Content editor", "Support", "Manager")
PEOPLE = ("anonymous", "customer", "wrong customer", *ROLES, "superuser")


@dataclass
class World:
    """Whom the requests come from, and what their paths may name."""

    clients: dict[str, Client]
    known: dict[str, dict[str, str]]


def make_world() -> World:
    """Open a shop with orders, baskets and rows in every list of the staff."""
    shop = open_shop()
    robin = UserFactory(email="robin@example.org")
    robin.addresses.add(AddressFactory())
    order = _order(shop, user=robin)
    _rows(shop, order)
    clients = _clients(shop, robin, order)
    owner = User.objects.get(email="owner@example.org")
    SavedView.objects.create(owner=owner, list_name="order.order", name="Late", query="work=late")
    record_access(actor=owner, kind=AccessKind.ORDER, subject_id=order.pk)
    return World(clients, _known(shop, robin, order))


def _order(shop: Shop, **fields: object) -> Order:
    order = builders.order(paid=True, shipping_method=shop.courier, **fields)
    builders.line(order, shop.starter, 2)
    store_contract(order=order, rules=current_settings())
    return order


def _rows(shop: Shop, order: Order) -> None:
    builders.sent_line()
    _order(shop, flags=["dispute"])
    queue_email(order_id=order.pk, kind="delivered", dedup_key="1")
    EmailText.objects.create(
        kind="delivered", language="en", version=1, heading="{number}", opening="x", button="y"
    )
    VoucherFactory()
    NewsItem.objects.create(slug="news", title="News", body_markdown="New.", is_published=True)
    issue_gift_card(amount=20)
    Group.objects.get_or_create(name="Helpers")
    LedgerCheck.objects.create(differences=0, unexplained=0)
    now = timezone.now()
    UnmatchedPayment.objects.create(intent="pi_1", amount=100, currency="gbp", order_number="1")
    StripeEvent.objects.create(
        event_id="evt_1",
        kind="x",
        object_id="pi_1",
        state=EventState.DEAD,
        created_at=now,
        next_try_at=now,
    )
    RefusedWebhook.objects.create(day=date(2026, 1, 1), reason="signature", count=1)
    BackInStockAlert.objects.create(variant=shop.single, email="robin@example.org", language="en")


def _clients(shop: Shop, robin: User, order: Order) -> dict[str, Client]:
    checkout = basket((shop.starter, 1), shipping_method=shop.courier)
    wrong = personas.wrong_customer()
    clients = {
        "anonymous": personas.anonymous(),
        "customer": personas.customer(robin),
        "wrong customer": wrong,
        **{role: personas.in_role(role) for role in ROLES},
        "superuser": personas.owner(),
    }
    clients["customer"].get(urlsplit(order_link(order=order)).path)
    for who in ("customer", "anonymous"):
        response = HttpResponse()
        write_basket_token(response, checkout.pk)
        value = response.cookies[settings.BASKET_COOKIE_NAME].value
        clients[who].cookies[settings.BASKET_COOKIE_NAME] = value
    for client in clients.values():
        client.raise_request_exception = False
        client.defaults["HTTP_ORIGIN"] = "http://testserver"
    return clients


def _known(shop: Shop, robin: User, order: Order) -> dict[str, dict[str, str]]:
    """Return values for the parameters of paths, by what the path begins with."""
    uid, token = _link_path(robin, "account_confirm", confirm_tokens).strip("/").split("/")[-2:]
    alert = BackInStockAlert.objects.get()
    start = {
        "order_id": str(order.pk), "token": str(order.token), "uidb64": uid, "slug": shop.starter.product.slug,
        "signed": urlsplit(order_link(order=order)).path.rstrip("/").rsplit("/", 1)[1],
        "address_id": str(robin.addresses.get().pk), "line_id": "1", "line": str(order.lines.get().pk), "kind": "delivered", "language": "en",
        "page": "about", "wording": "full", "code": "gb",
        "size": "a6", "form": "pdf", "colour": "17656b", "id": "1", "object_id": "1",
        "content_type_id": "1", "section": "order_order", "report": "orders", "file_type": "csv",
    }  # fmt: skip
    start["number"] = "1"
    known = {"": start}
    known["account/confirm/"] = known["account/reset/"] = {"token": token}
    known["account/email/"] = {"token": new_email_tokens.make_token(robin)}
    known["wishes/"] = {"token": alert_token(alert)}
    known["guides/"] = {"slug": shop.guide.slug}
    known["news/"] = {"slug": NewsItem.objects.get().slug}
    known["list/"] = {"token": sealed(SizeList({1: 1}))}
    known["share/"] = {"kind": "sets"}
    known["staff/order/order/"] = {"kind": "label"}
    for model in staff_site._registry:
        path = f"staff/{model._meta.app_label}/{model._meta.model_name}/"
        known[path] = known.get(path, {}) | {"object_id": _some_id(model), "id": _some_id(model)}
    known["staff/order/order/"]["object_id"] = str(order.pk)
    return known


def _some_id(model: type[Model]) -> str:
    row = staff_site._registry[model].get_queryset(_Nobody()).order_by("pk").first()  # type: ignore[arg-type]
    return str(row.pk) if row else "1"


class _Nobody:
    """A request that lists only ask for the person."""

    user = None

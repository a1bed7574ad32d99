"""Erase personal data whose retention has ended: old baskets, and the persons of old orders.

Of an order, what was sold and for how much stays.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from saleor.account.models import CustomerEvent, User
from saleor.checkout.models import Checkout
from saleor.discount.models import VoucherCustomer
from saleor.order import OrderEvents, OrderStatus
from saleor.order.models import Fulfillment, Order
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment

from plugins.ordering.addresses import delete_unused_addresses
from plugins.ordering.invoices import erase_buyer
from plugins.ordering.models import OrderFlag
from plugins.ordering.retention import retention_cutoff
from plugins.ordering.signals import order_anonymised
from plugins.taxes import relief

MAX_BASKETS_PER_RUN = 500  # baskets per run; the next run takes the rest


@transaction.atomic
def erase_old_baskets(*, now: datetime | None = None) -> int:
    """Delete baskets unchanged for their time, with their addresses; return how many.

    A basket whose order still waits for its payment stays.
    """
    unchanged = Checkout.objects.filter(last_change__lt=retention_cutoff("baskets", now))
    baskets = unchanged.exclude(_has_live_order())
    old = list(baskets.select_for_update(of=("self",), skip_locked=True)[:MAX_BASKETS_PER_RUN])
    Checkout.objects.filter(pk__in=[basket.pk for basket in old]).delete()
    delete_unused_addresses(
        pk for basket in old for pk in (basket.billing_address_id, basket.shipping_address_id)
    )
    return len(old)


def _has_live_order() -> Exists:
    token = Cast(OuterRef("token"), CharField())
    return Exists(Order.objects.filter(checkout_token=token))


ERASED_KEY = "forgotten"  # in private_metadata: the day on which the order was made anonymous
MAX_ORDERS_PER_RUN = 200  # orders per run; the next run takes the rest
_PAYER_FIELDS = (
    "billing_email", "billing_first_name", "billing_last_name", "billing_company_name",
    "billing_address_1", "billing_address_2", "billing_city", "billing_city_area",
    "billing_postal_code", "billing_country_area", "cc_first_digits", "cc_last_digits",
    "extra_data",
)  # fmt: skip


@transaction.atomic
def anonymise_old_orders(*, now: datetime | None = None) -> int:
    """Make orders anonymous whose time is over; return how many."""
    orders = _orders_to_anonymise(now).exclude(private_metadata__has_key=ERASED_KEY).order_by("pk")
    old = list(orders.select_for_update(of=("self",), skip_locked=True)[:MAX_ORDERS_PER_RUN])
    for order in old:
        anonymise_order(order=order)
    return len(old)


def anonymise_order(*, order: Order) -> None:
    """Make one order anonymous that the caller has locked.

    Its old address on the web leads nowhere afterwards. Lines, amounts, payments and refunds
    stay, as the books need them.
    """
    email = order.get_customer_email() or ""
    addresses = (order.billing_address_id, order.shipping_address_id)
    _anonymise_history(order)
    order.user = order.billing_address = order.shipping_address = None
    order.user_email = order.customer_note = order.tracking_client_id = order.checkout_token = ""
    order.token = str(uuid4())
    order.metadata = {}
    order.private_metadata = {ERASED_KEY: timezone.localdate().isoformat()}
    order.save()
    delete_unused_addresses(addresses)
    _erase_voucher_uses(email)
    order_anonymised.send(Order, order_id=order.pk)


def _orders_to_anonymise(now: datetime | None) -> QuerySet[Order]:
    money = Payment.objects.filter(order=OuterRef("pk")).exclude(
        charge_status=ChargeStatus.NOT_CHARGED
    )
    unpaid = Q(status=OrderStatus.CANCELED, created__lt=retention_cutoff("unpaid_orders", now))
    flagged = OrderFlag.objects.filter(order=OuterRef("pk"), settled_at=None)
    unpaid &= ~Exists(money) & ~Exists(flagged)
    return Order.objects.filter(unpaid | Q(created__lt=retention_cutoff("orders", now)))


def _anonymise_history(order: Order) -> None:
    """Take persons out of everything that hangs on the order."""
    if order.user_id:
        order.events.filter(user_id=order.user_id).update(user=None)
    order.events.filter(type=OrderEvents.NOTE_ADDED, user__isnull=False).delete()  # free text
    for event in order.events.filter(parameters__has_key="email"):
        event.parameters.pop("email")
        event.save(update_fields=["parameters"])
    CustomerEvent.objects.filter(order=order).delete()
    order.payments.update(**dict.fromkeys(_PAYER_FIELDS, ""), customer_ip_address=None)
    order.refunds.update(reason="")
    order.payment_sessions.update(url="", told={})
    erase_buyer(order)
    relief.erase(order)
    Fulfillment.objects.filter(order=order).update(tracking_number="", metadata={})


def _erase_voucher_uses(email: str) -> None:
    """Delete who used a voucher once that person has no order and no account any more."""
    known = User.objects.filter(email__iexact=email) if email else User.objects.none()
    if email and not known.exists() and not Order.objects.filter(user_email__iexact=email).exists():
        VoucherCustomer.objects.filter(customer_email__iexact=email).delete()

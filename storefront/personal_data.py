"""Customers' personal data: handing it over, erasing it with the account, and its retention."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from saleor.account.models import Address, User
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.payment import ChargeStatus

from plugins.discreet_shipping.choices import to_data
from plugins.discreet_shipping.order_contract import choices_of, remembered_choices
from plugins.fulfilment.models import NextOrderNote, Return
from plugins.fulfilment.reviews import erase_reviews
from plugins.inventory.models import BackInStockAlert
from plugins.order_emails.models import CustomerMessage, OutgoingEmail
from plugins.order_emails.outbox import queue_account_email
from plugins.ordering.addresses import delete_unused_addresses
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.locks import locked_user
from plugins.ordering.order_messages import sells_gift_card
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.retention import retention_cutoff
from plugins.ordering.signals import person_data_asked, person_to_be_erased
from plugins.ordering.sold_cards import forget_recipient, sale_of
from plugins.ordering.totals import price_of_order
from plugins.taxes.relief import declaration_of
from product_content.models import Review
from storefront.accounts import PENDING_EMAIL, pending_email
from storefront.basket_changes import ACCOUNT_KEY
from storefront.orders import order_state

Data = dict[str, Any]


def account_data(user_id: int) -> Data:
    """Return it as values that JSON can hold; money as text, with its currency beside it."""
    user = User.objects.get(pk=user_id)
    orders = Order.objects.filter(user=user).exclude(status=OrderStatus.DRAFT).order_by("pk")
    related = orders.select_related("shipping_address", "billing_address")
    remembered = remembered_choices(user=user)
    return {
        "account": {
            "email": user.email,
            "new_email_to_confirm": pending_email(user),
            "name": f"{user.first_name} {user.last_name}".strip(),
            "opened": user.date_joined,
            "last_log_in": user.last_login,
            "note_of_staff": user.note or "",
        },
        "addresses": [_address_data(address) for address in user.addresses.all()],
        "remembered_choices": to_data(remembered) if remembered else None,
        "orders": [_order_data(order) for order in related.prefetch_related("lines")],
        "saved_for_later": [
            {"name": saved.variant.product.name, "option": saved.variant.name, "at": saved.saved_at}
            for saved in user.saved_variants.select_related("variant__product")
        ],
        "emails": _email_data(OutgoingEmail.objects.filter(user=user)),
        "messages_to_us": _message_data(CustomerMessage.objects.filter(email=user.email)),
        "notes_for_the_next_order": _note_data(user.email),
    }


def _order_data(order: Order) -> Data:
    return {
        "number": order.pk,
        "placed": order.created,
        "state": order_state(order),
        "email": order.user_email,
        "language": order.language_code,
        "note": order.customer_note,
        "billing_address": _address_data(order.billing_address),
        "delivery_address": _address_data(order.shipping_address),
        "delivery": order.shipping_method_name or "",
        "delivery_price": str(order.shipping_price_gross_amount),
        "discount": str(order.discount_amount),
        "total": str(price_of_order(order).amount),
        "total_less_gift_cards": str(order.total_gross_amount),
        "currency": order.currency,
        "lines": [_line_data(line) for line in order.lines.all()],
        "returns": [_return_data(about) for about in order.returns.order_by("pk")],
        "how_the_parcel_looks": to_data(choices_of(order)),
        "declared_for_vat_relief": _declared(order),
        "gift_card": _gift_card_data(order),
        "emails": _email_data(OutgoingEmail.objects.filter(order=order)),
        "messages_to_us": _message_data(order.customer_messages),
        "reviews": _review_data(order),
        "wants_to_be_asked_for_a_review": hasattr(order, "review_invitation"),
    }


def _gift_card_data(order: Order) -> Data | None:
    """Return what was said of a gift card that was bought; its code is for whom it is for."""
    sale = sale_of(order.pk) if sells_gift_card(order) else None
    if sale is None:
        return None
    names = ("kind", "recipient", "from_name", "message", "not_before", "issued_at", "sent_at")
    return {name: getattr(sale, name) for name in names}


def _review_data(order: Order) -> list[Data]:
    reviews = Review.objects.filter(line__order=order).order_by("pk")
    marks = ("comfort", "size_accuracy", "discretion")
    about = ("line__product_sku", "name", "text", "written_on", "state", "reason", "answer")
    return list(reviews.values(*about, *marks))


def _declared(order: Order) -> Data | None:
    found = declaration_of(order)
    if found is None:
        return None
    declaration, at = found
    return {"at": at, **(asdict(declaration) if declaration else {})}


def _line_data(line: OrderLine) -> Data:
    return {
        "name": line.product_name,
        "option": line.variant_name,
        "code": line.product_sku,
        "pieces": line.quantity,
        "price_each": str(line.unit_price_gross_amount),
    }


def _return_data(about: Return) -> Data:
    lines = about.lines.select_related("line", "wanted").order_by("pk")
    return {
        "number": about.number,
        "state": about.state,
        "reason": about.reason,
        "sealed": about.sealed,
        "message": about.message,
        "replaced_by": about.replacement_id,
        "lines": [
            {
                "code": row.line.product_sku,
                "announced": row.announced,
                "inspected": row.inspected,
                "wanted": row.wanted.sku if row.wanted else None,
            }
            for row in lines
        ],
        "history": list(about.steps.order_by("pk").values("state", "at")),
    }


def _address_data(address: Address | None) -> Data | None:
    return address.as_data() if address else None


def _email_data(sent: Any) -> list[Data]:
    """Return kind and time of e-mails; and what those about an order said."""
    fields = ("kind", "state", "created_at", "sent_at", "outside", "said")
    return list(sent.order_by("pk").values(*fields))


def _message_data(messages: Any) -> list[Data]:
    rows = messages.order_by("pk").prefetch_related("answers")
    return [
        {
            "text": row.text,
            "received_at": row.received_at,
            "answered_at": row.answered_at,
            "answers": [{"text": one.text, "at": one.written_at} for one in row.answers.all()],
        }
        for row in rows
    ]


def _note_data(email: str) -> list[Data]:
    notes = NextOrderNote.objects.filter(email=email)
    return [{"text": note.text, "written_at": note.written_at} for note in notes]


_FINISHED = (OrderStatus.FULFILLED, OrderStatus.CANCELED)


@transaction.atomic
def delete_account(*, user_id: int) -> None:
    """Delete a customer's account and all that the law does not make us keep; say so by e-mail.

    Orders that were never paid are made anonymous at once. Others keep their bill
    and its address until its retention ends (plugins.ordering.retention), and while they are on
    their way also what the parcel needs.
    """
    user = locked_user(user_id)
    for order in Order.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"):
        _detach_order(order)
    CustomerMessage.objects.filter(email=user.email).delete()
    NextOrderNote.objects.filter(email=user.email).delete()
    _queue_confirmation(user)
    addresses = list(user.addresses.values_list("pk", flat=True))
    _erase_log_ins(user.email)
    user.delete()
    delete_unused_addresses(addresses)


def _detach_order(order: Order) -> None:
    if _was_never_paid(order):
        anonymise_order(order=order)
        return
    erase_reviews(order_ids=[order.pk])
    order.user = None
    order.delete_value_from_private_metadata(ACCOUNT_KEY)
    if order.status in _FINISHED:
        order.customer_note = ""
        if sells_gift_card(order):
            forget_recipient(order.pk)
        order.returns.update(message="")
        order.customer_messages.all().delete()
        own = (order.billing_address_id, order.shipping_address_id)
        Address.objects.filter(pk__in=filter(None, own)).update(phone="")
    order.save()


def _was_never_paid(order: Order) -> bool:
    if order.status != OrderStatus.CANCELED or attention_reasons(order):
        return False
    return not order.payments.exclude(charge_status=ChargeStatus.NOT_CHARGED).exists()


def _queue_confirmation(user: User) -> None:
    queue_account_email(
        user_id=user.pk,
        kind="account_deleted",
        dedup_key=timezone.now().isoformat(timespec="seconds"),
        to_old_address=user.email,
    )


def _erase_log_ins(email: str) -> None:
    for tries in (AccessAttempt, AccessFailureLog, AccessLog):
        tries.objects.filter(username=email).delete()


def connect() -> None:
    """Answer staff who are asked for somebody's data, or to erase it."""
    person_data_asked.connect(_person_data, dispatch_uid="storefront-person-data")
    person_to_be_erased.connect(_erase_person, dispatch_uid="storefront-erase-person")


def _person_data(sender: object, *, email: str, **_more: Any) -> Data:
    return person_data(email)


def _erase_person(sender: object, *, email: str, **_more: Any) -> int:
    return erase_person(email)


def person_data(email: str) -> Data:
    """Return all that is kept of the person with this address, with an account or without."""
    user = _customers(email).first()
    guest = _guest_orders(email).select_related("shipping_address", "billing_address")
    return {
        "account_and_its_orders": account_data(user.pk) if user else None,
        "orders_without_account": [
            _order_data(order) for order in guest.prefetch_related("lines").order_by("pk")
        ],
        "messages_to_us": _message_data(CustomerMessage.objects.filter(email=email)),
        "notes_for_the_next_order": _note_data(email),
        "asked_to_be_told": list(
            BackInStockAlert.objects.filter(email=email).values("created_at", "language")
        ),
    }


@transaction.atomic
def erase_person(email: str) -> int:
    """Erase what the law does not make us keep of the person with this address.

    An account is deleted as its customer would. Of orders, also those of a guest, what the books
    and a parcel on its way need stays until its retention ends. Returns how many orders there were.
    """
    user, guest = _customers(email).first(), _guest_orders(email).order_by("pk")
    count = user.orders.exclude(status=OrderStatus.DRAFT).count() if user else 0
    orders = list(guest.select_for_update(of=("self",)))
    if user:
        delete_account(user_id=user.pk)
    for order in orders:
        _detach_order(order)
    CustomerMessage.objects.filter(email=email).delete()
    NextOrderNote.objects.filter(email=email).delete()
    BackInStockAlert.objects.filter(email=email).delete()
    _erase_log_ins(email)
    return count + len(orders)


def _customers(email: str) -> QuerySet[User]:
    return User.objects.filter(email__iexact=email, is_staff=False)


def _guest_orders(email: str) -> QuerySet[Order]:
    placed = Order.objects.exclude(status=OrderStatus.DRAFT)
    return placed.filter(user=None, user_email__iexact=email)


@transaction.atomic
def delete_unconfirmed(*, now: datetime | None = None) -> int:
    """Delete accounts that were never confirmed, and new addresses of others; return how many."""
    before = retention_cutoff("unconfirmed", now)
    return _delete_unconfirmed_accounts(before) + _erase_unconfirmed_emails(before)


def _delete_unconfirmed_accounts(before: datetime) -> int:
    never = User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_staff=False)
    _rows, deleted = never.filter(date_joined__lt=before, orders=None).delete()
    return deleted.get(User._meta.label, 0)


def _erase_unconfirmed_emails(before: datetime) -> int:
    asked = {f"private_metadata__{PENDING_EMAIL}__asked__lt": before.isoformat()}
    users = list(User.objects.select_for_update(of=("self",)).filter(**asked))
    for user in users:
        user.delete_value_from_private_metadata(PENDING_EMAIL)
        user.save(update_fields=["private_metadata"])
    return len(users)

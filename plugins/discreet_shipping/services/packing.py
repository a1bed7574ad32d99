"""Packing: while it goes on, and from then on, nothing about a parcel changes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from saleor.account.models import User
from saleor.order.events import order_note_added_event

from plugins.discreet_shipping.errors import ChangeRefused
from plugins.discreet_shipping.selectors.progress import progress_of
from plugins.ordering.marks import LABEL_PRINTED, PACKING_KEY
from plugins.ordering.services.locks import lock_order


@transaction.atomic
def start_packing(*, order_id: int, user: User) -> None:
    """Note that packing has begun; doing it twice is harmless. Raises ChangeRefused."""
    order, _checkout = lock_order(order_id)
    progress = progress_of(order)
    if progress["packing"]:
        return
    if not progress["paid"] or progress["canceled"]:
        raise ChangeRefused("Only a paid order can be packed.")
    began = {"started_at": timezone.now().isoformat(), "by": user.pk}
    order.store_value_in_private_metadata({PACKING_KEY: began})
    order.save(update_fields=["private_metadata"])
    order_note_added_event(order=order, user=user, message="Packing has begun.")


@transaction.atomic
def stop_packing(*, order_id: int, user: User) -> None:
    """Put an order aside of which nothing has left: it can be changed and cancelled again."""
    order, _checkout = lock_order(order_id)
    if not progress_of(order)["packing"] or progress_of(order)["sent"]:
        return
    order.delete_value_from_private_metadata(PACKING_KEY)
    order.save(update_fields=["private_metadata"])
    order_note_added_event(order=order, user=user, message="Packing was put aside.")


@transaction.atomic
def note_label(*, order_id: int) -> None:
    """Remember that there is a label on paper, which a change of address has to destroy."""
    order, _checkout = lock_order(order_id)
    order.store_value_in_private_metadata({LABEL_PRINTED: timezone.now().isoformat()})
    order.save(update_fields=["private_metadata"])

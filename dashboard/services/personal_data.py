"""Hand over, or erase, what is kept of a person who asks for it: a customer, or a guest.

What is kept, the storefront knows; it is asked by signals. Both are written into the staff's log,
without the address: the log outlives it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import JsonResponse
from saleor.order.models import Order

from dashboard.models import AccessKind, Customer
from dashboard.services.access_log import record_access
from plugins.ordering.signals import person_data_asked, person_to_be_erased


@transaction.atomic
def export_person(*, email: str, actor: Any) -> JsonResponse:
    """Return all that is kept of the person as a file; each order in it counts as a look."""
    answers: list[tuple[Any, Any]] = person_data_asked.send(Customer, email=email)
    found = {key: value for _receiver, data in answers for key, value in data.items()}
    numbers = _orders_of(email)
    for number in numbers:
        record_access(actor=actor, kind=AccessKind.ORDER, subject_id=number)
    _log(actor, CHANGE, f"Handed over what is kept of a person. Orders: {len(numbers)}.")
    response = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="personal-data.json"'
    return response


@transaction.atomic
def erase_person(*, email: str, reason: str, actor: Any) -> int:
    """Erase what the law does not make us keep of the person; return how many orders it was about.

    `reason` says how they asked, and stays in the log.
    """
    answers: list[tuple[Any, Any]] = person_to_be_erased.send(Customer, email=email)
    counts = [int(count) for _receiver, count in answers]
    _log(actor, DELETION, f"Erased a person, asked {reason}. Orders: {sum(counts)}.")
    return sum(counts)


def _orders_of(email: str) -> list[int]:
    orders = Order.objects.confirmed().filter(user_email__iexact=email)
    return list(orders.order_by("pk").values_list("pk", flat=True))


def _log(actor: Any, flag: int, message: str) -> None:
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type=ContentType.objects.get_for_model(Customer, for_concrete_model=False),
        object_repr="A person",
        action_flag=flag,
        change_message=message,
    )

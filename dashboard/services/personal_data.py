"""Customers' data in the hands of staff: noted who saw it, handed over and erased on request.

What is kept of a customer or a guest, the storefront knows; it is asked by signals. Both answers
are written into the staff's log, without the address: the log outlives it. The logs that staff
read (who saw customers' data, what went wrong) are deleted in time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import JsonResponse
from django.utils import timezone
from saleor.order.models import Order

from dashboard.models import AccessKind, AccessRecord, Customer, ErrorReport
from plugins.ordering.retention import retention_cutoff
from plugins.ordering.signals import person_data_asked, person_to_be_erased
from saleor_config.reports import Report


def record_access(*, actor: Any, kind: AccessKind, subject_id: int) -> None:
    """Write down that a member of staff opened a page of this order or customer."""
    AccessRecord.objects.create(actor_id=actor.pk, kind=kind, subject_id=subject_id)


def record_export(*, actor: Any, detail: str) -> None:
    """Write down that a member of staff took a list of the books away; `detail` says which."""
    AccessRecord.objects.create(
        actor_id=actor.pk, kind=AccessKind.EXPORT, subject_id=0, detail=detail
    )


def keep_report(report: Report, times: int) -> None:
    """Write down what went wrong, with the earlier reports of the same fault."""
    now, place = timezone.now(), report.place
    fields: dict[str, Any] = {
        "place": f"{place.module}:{place.function}:{place.line}"[:400] if place else "",
        "status": report.status,
        "milliseconds": report.milliseconds,
        "request_id": report.request_id,
        "last_at": now,
    }
    first = ErrorReport(
        fingerprint=report.fingerprint,
        kind=report.kind,
        what=report.what[:200],
        page=report.page[:200],
        first_at=now,
        **fields,
    )
    ErrorReport.objects.bulk_create([first], ignore_conflicts=True)  # two processes may be first
    rows = ErrorReport.objects.filter(fingerprint=report.fingerprint)
    rows.update(count=F("count") + times, **fields)


def delete_old_traces(*, now: datetime | None = None) -> int:
    """Delete ended sign-ins, old tries to sign in, old error reports and lines of staff's log."""
    now = now or timezone.now()
    tries = retention_cutoff("sign_in_tries", now)
    return sum(
        rows.delete()[0]
        for rows in (
            Session.objects.filter(expire_date__lt=now),
            AccessAttempt.objects.filter(attempt_time__lt=tries),
            AccessLog.objects.filter(attempt_time__lt=tries),
            AccessFailureLog.objects.filter(attempt_time__lt=tries),
            LogEntry.objects.filter(action_time__lt=retention_cutoff("staff_log", now)),
            AccessRecord.objects.filter(at__lt=retention_cutoff("staff_log", now)),
            ErrorReport.objects.filter(last_at__lt=retention_cutoff("error_reports", now)),
        )
    )


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

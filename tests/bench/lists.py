"""Every list that staff open, as it opens first, searched and filtered; `make bench` times them."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.site import staff_site

_SEARCHED = ("%23500", "Dev+Novak", "LS1+1AA", "many")  # the last two fit nearly every order

# A model's list → the queries that it is opened with besides none at all.
_OPENED_WITH = {
    "order_order": (
        "?q=customer-77@many",
        "?q=%23500",
        "?q=Dev+Novak",
        "?q=LS1+1AA",
        "?q=07700900123",
        "?q=SW-SET-13",
        "?q=many",
        "?created_from=2026-11-01&created_to=2026-11-02",
        "?country=ES",
        "?payment=Refunded",
        "?choice=code_word",
        "?work=to_pack",
        "?work=late",
        "?work=attention",
        "?work=waiting",
        "?work=today",
        "?work=sent",
        "?work=return_arrived",
        "?work=canceled",
        "?p=20",
    ),
    "dashboard_stockitem": ("?q=smooth", "?level=low", "?level=out", "?size=3", "?o=-9"),
    "inventory_stockentry": (
        "?q=one-3",
        "?q=shelf",
        "?q=500",
        "?measure__exact=quantity",
        "?reason__exact=fulfilled",
        "?reason__exact=counted",
    ),
    "product_product": ("?q=set", "?is_published__exact=1"),
    "product_productvariant": ("?q=smooth",),
    "order_emails_outgoingemail": ("?q=order-500", "?state__exact=dead", "?state__exact=sent"),
    "dashboard_customer": ("?q=customer-77", "?is_active__exact=1"),
    "dashboard_accessrecord": ("?q=keeper", "?q=500", "?kind__exact=order"),
    "admin_logentry": ("?q=price",),
    "dashboard_maskedgiftcard": ("?q=AB12", "?is_active__exact=1"),
    "discount_voucher": ("?q=M0000", "?type__exact=entire_order"),
    "stripe_payments_unmatchedpayment": ("?q=pi_many",),
    "stripe_payments_stripeevent": ("?q=evt_many_1",),
    "product_content_guide": ("?q=size",),
}


@dataclass(frozen=True)
class Opened:
    """How a list opened: SQL statements, and milliseconds (the median of some views)."""

    queries: int
    milliseconds: float


def all_lists() -> dict[str, str]:
    """Return the path of every list by its name, filters and searches included."""
    year = timezone.localdate() - timedelta(days=364)
    paths = {
        "home": reverse("admin:index"),
        "packing": reverse("staff-packing"),
        "reports": reverse("staff-reports"),
        "reports of a year": f"{reverse('staff-reports')}?first={year}&last={timezone.localdate()}",
        "exports": reverse("staff-exports"),
        "payouts": reverse("staff-payouts"),
        **{f"Ctrl+K {typed}": f"{reverse('admin:search')}?s={typed}" for typed in _SEARCHED},
    }
    for model in staff_site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        path = reverse(f"admin:{name}_changelist")
        for query in ("", *_OPENED_WITH.get(name, ())):
            paths[f"{name} {query}".strip()] = path + query
    return paths


def open_list(client: Client, path: str, views: int = 1) -> Opened:
    """Open a list so often, and once before, when Django loads its templates."""
    _get(client, path)
    with CaptureQueriesContext(connection) as queries:
        _get(client, path)
    asked = len(queries)  # now: the next request empties Django's list of them
    return Opened(asked, statistics.median(_get(client, path) for _ in range(views)))


def _get(client: Client, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path, follow=True)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return (time.perf_counter() - begun) * 1000

"""What has to be measured inside the shop's own process; prints one line of JSON.

python -m tests.bench.inside pages /sets/ /guides/   queries and bytes of each page
python -m tests.bench.inside names                   a set, a guide and a variant to load
python -m tests.bench.inside orders 400 2            orders placed per second
python -m tests.bench.inside queue_emails 10000      e-mails of one order, published
python -m tests.bench.inside stock_import 5000       seconds that a stock file takes
python -m tests.bench.inside lists                   queries and milliseconds of each staff list
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import django

from saleor_config import compat

compat.install()
django.setup()

from django.db import connection  # noqa: E402  after set-up
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from saleor.account.models import User  # noqa: E402

from plugins.order_emails.models import OutgoingEmail  # noqa: E402
from plugins.order_emails.outbox import publish  # noqa: E402
from plugins.ordering.placing import place_order  # noqa: E402
from product_content.selectors import get_product, list_guides, list_sets  # noqa: E402
from storefront.basket_changes import add_to_basket  # noqa: E402
from storefront.checkout import (  # noqa: E402
    list_delivery_methods,
    set_address,
    set_delivery,
)
from tests.bench.lists import all_lists, open_list  # noqa: E402
from tests.bench.stock_import import stock_import  # noqa: E402
from tests.staff import signed_in  # noqa: E402

ADDRESS = {
    "first_name": "Sam",
    "last_name": "Reed",
    "street_address_1": "1 Quiet Lane",
    "city": "Leeds",
    "postal_code": "LS1 1AA",
    "country": "GB",
}


def pages(*paths: str) -> dict[str, list[int]]:
    """Return SQL queries and bytes of each page, on its second view."""
    return {path: _measure(path) for path in paths}


def _measure(path: str) -> list[int]:
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return [len(queries), len(answer.content)]


def names() -> dict[str, Any]:
    """Return the address of a set and of a guide, and a variant that can be bought."""
    one = list_sets()[0]
    page = get_product("sets", one.slug)
    return {"set": one.url, "guide": list_guides()[0].url, "variant": page.variants[0].id}


def orders(count: str, processes: str) -> dict[str, float]:
    """Return how many orders two processes place per second, and the queries of one."""
    tokens = [_basket() for _ in range(int(count))]
    with CaptureQueriesContext(connection) as queries:
        place_order(checkout_token=tokens.pop())
    connection.close()
    with ProcessPoolExecutor(int(processes)) as pool:
        list(pool.map(_place, [_warm() for _ in range(int(processes) * 4)]))
        begun = time.perf_counter()
        milliseconds = sorted(pool.map(_place, tokens, chunksize=5))
        seconds = time.perf_counter() - begun
    return {
        "per_second": len(tokens) / seconds,
        "p50": milliseconds[len(milliseconds) // 2],
        "p99": milliseconds[int(len(milliseconds) * 0.99)],
        "queries": len(queries),
    }


def queue_emails(count: str) -> int:
    """Write confirmations of one order into the outbox and publish them all."""
    order_id = place_order(checkout_token=_basket()).order_id
    due = timezone.now() + timedelta(days=1)  # the sweeper publishes none of them again
    rows = OutgoingEmail.objects.bulk_create(
        OutgoingEmail(
            about=f"order-{order_id}",
            order_id=order_id,
            kind="order_confirmed",
            dedup_key=f"bench-{number}",
            message_id=f"<bench-{number}@shop.test>",
            next_try_at=due,
        )
        for number in range(int(count))
    )
    return sum(publish(row.pk) for row in rows)


def lists() -> dict[str, tuple[int, float]]:
    """Return SQL queries and the median milliseconds of each list that staff open."""
    boss = User.objects.create_superuser("bench@shop.test")
    client = signed_in(boss, SERVER_NAME="127.0.0.1")
    opened = {name: open_list(client, path, views=5) for name, path in all_lists().items()}
    return {name: (one.queries, one.milliseconds) for name, one in opened.items()}


def _basket() -> UUID:
    variant = names()["variant"]
    token = add_to_basket(token=None, variant_id=variant, quantity=1).token
    set_address(token=token, email="sam@example.org", address=ADDRESS)
    set_delivery(token=token, method_id=list_delivery_methods(token)[0].id)
    return token


def _warm() -> UUID:
    token = _basket()
    connection.close()
    return token


def _place(token: UUID) -> float:
    begun = time.perf_counter()
    place_order(checkout_token=token)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    commands = (pages, names, orders, queue_emails, stock_import, lists)
    command: Callable[..., Any] = {each.__name__: each for each in commands}[sys.argv[1]]
    print(json.dumps(command(*sys.argv[2:])))

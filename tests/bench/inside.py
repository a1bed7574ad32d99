"""What has to be measured inside the shop's own process; prints one line of JSON.

python -m tests.bench.inside cold /sets/ /guides/    what it costs to make each page, and once more
python -m tests.bench.inside names                   a set, a guide and a variant to load
python -m tests.bench.inside orders 400 2            orders placed per second, and what one costs
python -m tests.bench.inside queue_emails 10000      e-mails of one order, published
python -m tests.bench.inside stock_import 5000       seconds that a stock file takes
python -m tests.bench.inside exports 50000           seconds and memory of exports of 50,000 lines
python -m tests.bench.inside lists 3                 queries and milliseconds of each staff list
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import django

from saleor_config import compat

compat.install()
django.setup()

from django.db import connection  # noqa: E402  after set-up
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402
from saleor.account.models import User  # noqa: E402
from saleor.warehouse.models import Stock  # noqa: E402

from plugins.order_emails.models import OutgoingEmail  # noqa: E402
from plugins.order_emails.outbox import publish  # noqa: E402
from plugins.ordering.holds import Visitor  # noqa: E402
from plugins.ordering.placing import place_order  # noqa: E402
from product_content.selectors import (  # noqa: E402
    get_product,
    list_guides,
    list_products,
    list_sets,
)
from storefront import page_cache  # noqa: E402
from storefront.basket_changes import add_to_basket  # noqa: E402
from storefront.checkout import (  # noqa: E402
    list_delivery_methods,
    set_address,
    set_delivery,
)
from tests.bench.exports import exports  # noqa: E402
from tests.bench.lists import all_lists, open_list  # noqa: E402
from tests.bench.stock_import import stock_import  # noqa: E402
from tests.staff import signed_in  # noqa: E402

ALONE = 40  # orders that are placed one after the other
ADDRESS = {
    "first_name": "Sam",
    "last_name": "Reed",
    "street_address_1": "1 Quiet Lane",
    "city": "Leeds",
    "postal_code": "LS1 1AA",
    "country": "GB",
}


@override_settings(PAGE_CHECK_SECONDS=0)  # a page is asked for right after the sale
def cold(*paths: str) -> dict[str, list[float]]:
    """Return for each page: milliseconds to make it, milliseconds after a sale; and more.

    That is: SQL queries to make it, bytes, bytes in zstd.
    """
    return {path: _made_anew(path) for path in paths}


def _made_anew(path: str) -> list[float]:
    first, queries = _median(path, page_cache.pages.cache_clear)
    again, _ = _median(path, _sell)
    whole = Client(SERVER_NAME="127.0.0.1").get(path)
    small = Client(SERVER_NAME="127.0.0.1").get(path, headers={"Accept-Encoding": "zstd"})
    return [first, again, queries, len(whole.content), len(small.content)]


def _sell() -> None:
    """Do to kept pages what a sale does, but sell nothing; those without stock stay as they are."""
    Stock.objects.filter(product_variant=_variant()).update(quantity=F("quantity"))


def _median(path: str, change: Callable[[], object]) -> tuple[float, int]:
    """Return milliseconds and queries of a page that is asked for after a change."""
    client, took, asked = Client(SERVER_NAME="127.0.0.1"), [], 0
    for _ in range(6):
        change()
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        took.append((time.perf_counter() - begun) * 1000)
        asked = len(queries)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return round(sorted(took)[2], 1), asked


def names() -> dict[str, Any]:
    """Return addresses of a set, a single and a guide, and a variant that can be bought."""
    one, single = list_sets()[0], list_products("singles")[0]
    page = get_product("sets", one.slug)
    return {
        "set": one.url,
        "single": single.url,
        "guide": list_guides()[0].url,
        "variant": page.variants[0].id,
    }


def orders(count: str, processes: str) -> dict[str, float]:
    """Return what orders of visitors cost: statements, one alone, and how many a second.

    Each visitor's limits are counted, as in the shop. `alone` is without another process that
    places orders, `cpu` what of it Python computes; the rate is that of all processes at once.
    """
    tokens = [_basket() for _ in range(int(count) + ALONE + 1)]
    _place(tokens.pop())
    with CaptureQueriesContext(connection) as queries:
        _place(tokens.pop())
    alone = [_place(tokens.pop()) for _ in range(ALONE - 1)]
    connection.close()
    with ProcessPoolExecutor(int(processes)) as pool:
        list(pool.map(_place, [_warm() for _ in range(int(processes) * 4)]))
        begun = time.perf_counter()
        together = sorted(took for took, _ in pool.map(_place, tokens, chunksize=5))
        seconds = time.perf_counter() - begun
    return {
        "per_second": len(tokens) / seconds,
        "p50": together[len(together) // 2],
        "p99": together[int(len(together) * 0.99)],
        "queries": len(queries),
        "alone": statistics.median(took for took, _ in alone),
        "cpu": statistics.median(cpu for _, cpu in alone),
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
    return publish(*(row.pk for row in rows))


def lists(views: str) -> dict[str, tuple[int, float]]:
    """Return SQL queries and the median milliseconds of each list that staff open."""
    boss = User.objects.create_superuser("bench@shop.test")
    client = signed_in(boss, SERVER_NAME="127.0.0.1")
    opened = {name: open_list(client, path, views=int(views)) for name, path in all_lists().items()}
    return {name: (one.queries, one.milliseconds) for name, one in opened.items()}


@cache
def _variant() -> int:
    return int(names()["variant"])


def _basket() -> UUID:
    token = add_to_basket(token=None, variant_id=_variant(), quantity=1).token
    set_address(token=token, email=f"{token.hex}@example.org", address=ADDRESS)
    set_delivery(token=token, method_id=list_delivery_methods(token)[0].id)
    return token


def _warm() -> UUID:
    token = _basket()
    connection.close()
    return token


def _place(token: UUID) -> tuple[float, float]:
    """Place the order of a visitor; return how long it took and computed, in milliseconds."""
    begun, computed = time.perf_counter(), time.process_time()
    place_order(checkout_token=token, visitor=Visitor(f"network-{token}", f"browser-{token}"))
    return (time.perf_counter() - begun) * 1000, (time.process_time() - computed) * 1000


if __name__ == "__main__":
    commands = (cold, names, orders, queue_emails, stock_import, exports, lists)
    command: Callable[..., Any] = {each.__name__: each for each in commands}[sys.argv[1]]
    print(json.dumps(command(*sys.argv[2:])))

"""Runs the benchmark and prints its table: `make bench`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from tests.bench import emails, load, memory, table
from tests.bench.shop import WEB_WORKERS, Shop, running_shop

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
CONNECTIONS = 8
ORDERS = 400
STOCK_LINES = 5000
EMAILS = int(os.environ.get("BENCH_EMAILS", "10000"))
MANY_ORDERS = os.environ.get("BENCH_MANY_ORDERS", "100000")
MANY_VARIANTS = os.environ.get("BENCH_MANY_VARIANTS", "5000")
_HEADINGS = ("page", "req/s", "of limit", "p50 ms", "p99 ms", "emptied", "queries", "bytes")


@dataclass(frozen=True)
class Target:
    """One thing to load: its name, its path, and wrk's script where it is not a plain GET."""

    name: str
    path: str
    script: str = ""


def main() -> None:
    """Load every target, warm and with emptied caches, and print the figures."""
    load.find_wrk()
    with running_shop() as shop:
        names = shop.inside("names")
        os.environ["BENCH_VARIANT"] = str(names["variant"])
        targets = _targets(names)
        emptied = {target: _emptied(shop, target) for target in targets}
        warm = {target: _load(shop, target) for target in targets}
        used = {name: memory.proportional_mb(pid) for name, pid in shop.pids.items()}
        counted = shop.inside("pages", *(t.path for t in targets if not t.script))
        orders = shop.inside("orders", str(ORDERS), str(WEB_WORKERS))
        file = shop.inside("stock_import", str(STOCK_LINES))
        shop.stop_web()
        drained = emails.drain(shop, EMAILS)
        lists = _lists(shop)
    limit = next(iter(warm.values())).per_second
    rows = [_row(t, warm[t], emptied[t], limit, counted.get(t.path)) for t in targets]
    print(table.render(_HEADINGS, [*rows, _order_row(orders, limit)]))
    print("\nmemory (PSS): " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in used.items()))
    print(
        f"e-mails: {drained.count:,} sent, {drained.per_second:,.0f} a second; the worker's memory "
        f"(RSS) is {drained.warm_mb:.0f} MB when warm, {drained.end_mb:.0f} MB at the end"
    )
    print(
        f"stock file of {STOCK_LINES:,} lines: {file['checked']:.1f} s to check, "
        f"{file['taken']:.1f} s to take over"
    )
    print(f"\nstaff pages with {MANY_ORDERS} orders and {MANY_VARIANTS} variants")
    print(table.render(("list", "queries", "p50 ms"), lists))
    if drained.grows:
        sys.exit("bench: the worker's memory grows with the e-mails it sends.")
    failed = [target.name for target in targets if warm[target].errors]
    if failed:
        sys.exit(f"bench: refused or broken answers from: {', '.join(failed)}")


def _lists(shop: Shop) -> list[list[str]]:
    wanted = ("--orders", MANY_ORDERS, "--variants", MANY_VARIANTS, "--add")
    shop.module("tests.bench.many", *wanted)
    opened = shop.inside("lists")
    return [[name, f"{asked:.0f}", f"{took:.0f}"] for name, (asked, took) in opened.items()]


def _targets(names: dict[str, str]) -> list[Target]:
    return [
        Target("constant 20 KB (the limit)", "/bench/constant"),
        Target("home", "/"),
        Target("sets", "/sets/"),
        Target("a set", names["set"]),
        Target("a guide", names["guide"]),
        Target("add to basket", "/basket/add/", "add_to_basket.lua"),
    ]


def _load(shop: Shop, target: Target, seconds: int = SECONDS) -> load.Load:
    url = shop.address + target.path
    return load.run(url, seconds=seconds, connections=CONNECTIONS, script=target.script)


def _emptied(shop: Shop, target: Target) -> load.Load:
    shop.restart_web()
    return _load(shop, target, seconds=max(1, SECONDS // 2))


def _row(
    target: Target, warm: load.Load, emptied: load.Load, limit: float, counted: list[int] | None
) -> list[str]:
    queries, size = (str(figure) for figure in counted or ["", ""])
    return [
        target.name,
        f"{warm.per_second:,.0f}",
        f"{warm.per_second / limit:.1%}",
        f"{warm.p50:.1f}",
        f"{warm.p99:.1f}",
        f"{emptied.per_second:,.0f}",
        queries,
        size,
    ]


def _order_row(orders: dict[str, float], limit: float) -> list[str]:
    rate, p50, p99 = orders["per_second"], orders["p50"], orders["p99"]
    figures = [f"{rate:,.0f}", f"{rate / limit:.1%}", f"{p50:.1f}", f"{p99:.1f}"]
    return ["place_order", *figures, "", f"{orders['queries']:.0f}", ""]


if __name__ == "__main__":
    main()

"""Runs the benchmark and prints its table: `make bench`; at most five minutes without `--full`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, field, replace

from tests.bench import emails, load, memory, pages, table
from tests.bench.shop import WEB_WORKERS, Shop, running_shop

CONNECTIONS = 8
EXPORTED_LINES = 50_000  # or as many as there are
_HEADINGS = ("work", "req/s", "of constant", "p50 ms", "p99 ms", "queries")


@dataclass(frozen=True)
class Target:
    """One thing to load: its name, its path, and wrk's script where it is not a plain GET."""

    name: str
    path: str
    script: str = ""


@dataclass(frozen=True)
class Scale:
    """How much is measured: seconds of load per page, and how many of everything else."""

    seconds: int
    orders: int
    stock_lines: int
    emails: int
    many_orders: int
    many_variants: int
    list_views: int
    again: bool = False  # whether pages, baskets and orders are measured with all that, too


QUICK = Scale(3, 200, 1000, 500, 2000, 1000, 1)
FULL = Scale(5, 400, 5000, 20_000, 100_000, 20_000, 3, again=True)  # of 10,000 products


def _wanted() -> Scale:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="20,000 e-mails, 10,000 products, 100,000 orders"
    )
    for name in list(Scale.__annotations__)[:-1]:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int)
    given = vars(parser.parse_args())
    scale = FULL if given.pop("full") else QUICK
    return replace(scale, **{name: value for name, value in given.items() if value is not None})


@dataclass
class Report:
    """Prints each part as soon as it is measured, and keeps the names of what failed."""

    failed: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Print a table or a sentence."""
        print(f"{text}\n", flush=True)


def main() -> None:
    """Load every page and target, and print the figures."""
    scale, begun = _wanted(), time.monotonic()
    load.find_wrk()
    report = Report()
    with running_shop() as shop:
        os.environ["BENCH_VARIANT"] = str(shop.inside("names")["variant"])
        _web(shop, scale, report)
        drained = _emails(shop, scale, report)
        _stock_file(shop, scale, report)
        _many(shop, scale, report)
    print(f"measured in {time.monotonic() - begun:.0f} seconds")
    if drained.grows and scale.emails >= FULL.emails:  # fewer do not tell a leak from warming up
        sys.exit("bench: the worker's memory grows with the e-mails it sends.")
    if report.failed:
        sys.exit(f"bench: refused or broken answers from: {', '.join(report.failed)}")


def _web(shop: Shop, scale: Scale, report: Report) -> None:
    """Measure pages, baskets and orders."""
    at_start = memory.proportional_mb(shop.pids["web"])
    text, failed = pages.measure(shop)
    report.add(text)
    report.failed += failed
    _writing(shop, scale, report, at_start)


def _writing(shop: Shop, scale: Scale, report: Report, at_start: float) -> None:
    """Measure baskets and orders, and then the memory of servers that have done it all."""
    targets = _targets()
    warm = {target: _load(shop, target, scale.seconds) for target in targets}
    report.failed += [target.name for target in targets if warm[target].errors]
    used = {name: memory.proportional_mb(pid) for name, pid in shop.pids.items()}
    orders = shop.inside("orders", str(scale.orders), str(WEB_WORKERS))
    limit = next(iter(warm.values())).per_second
    rows = [*(_row(target, warm[target], limit) for target in targets), _order_row(orders, limit)]
    report.add(table.render(_HEADINGS, rows))
    report.add(
        f"place_order for a visitor: {orders['queries']:.0f} statements; alone {orders['alone']:.1f} "
        f"ms, {orders['cpu']:.1f} ms of it in Python"
    )
    figures = ", ".join(f"{name} {mb:.0f} MB" for name, mb in used.items())
    report.add(f"memory (PSS) after all this: {figures}; web {at_start:.0f} MB at its start")


def _emails(shop: Shop, scale: Scale, report: Report) -> emails.Drained:
    shop.stop_web()
    drained = emails.drain(shop, scale.emails)
    report.add(
        f"e-mails: {drained.count:,} sent, {drained.per_second:,.0f} a second; the worker's memory "
        f"(RSS) is {drained.warm_mb:.0f} MB when warm, {drained.end_mb:.0f} MB at the end"
    )
    return drained


def _stock_file(shop: Shop, scale: Scale, report: Report) -> None:
    file = shop.inside("stock_import", str(scale.stock_lines))
    report.add(
        f"stock file of {scale.stock_lines:,} lines: {file['checked']:.1f} s to check, "
        f"{file['taken']:.1f} s to take over"
    )


def _many(shop: Shop, scale: Scale, report: Report) -> None:
    """Measure staff's lists with many orders and variants, and in the long form all else again."""
    lists = _lists(shop, scale)
    what = f"{scale.many_orders:,} orders and {scale.many_variants:,} variants"
    report.add(f"staff pages with {what}\n{table.render(('list', 'queries', 'p50 ms'), lists)}")
    exports = shop.module("tests.bench.inside", "exports", str(EXPORTED_LINES))
    report.add("\n".join(exports.splitlines()[:-1]))
    if scale.again:
        report.add(f"the same with {what}")
        shop.sell_without_end()
        shop.restart_web()
        _web(shop, scale, report)


def _lists(shop: Shop, scale: Scale) -> list[list[str]]:
    many = ("--orders", str(scale.many_orders), "--variants", str(scale.many_variants))
    shop.register_for_vat()
    shop.module("tests.bench.many", *many, "--add")
    opened = shop.inside("lists", str(scale.list_views))
    return [[name, f"{asked:.0f}", f"{took:.0f}"] for name, (asked, took) in opened.items()]


def _targets() -> list[Target]:
    return [
        Target("constant 20 KB", pages.CONSTANT),
        Target("add to basket", "/basket/add/", "add_to_basket.lua"),
    ]


def _load(shop: Shop, target: Target, seconds: int) -> load.Load:
    url = shop.address + target.path
    return load.run(url, seconds=seconds, connections=CONNECTIONS, script=target.script)


def _row(target: Target, warm: load.Load, limit: float) -> list[str]:
    figures = [f"{warm.per_second:,.0f}", f"{warm.per_second / limit:.1%}"]
    return [target.name, *figures, f"{warm.p50:.1f}", f"{warm.p99:.1f}", ""]


def _order_row(orders: dict[str, float], limit: float) -> list[str]:
    rate, p50, p99 = orders["per_second"], orders["p50"], orders["p99"]
    figures = [f"{rate:,.0f}", f"{rate / limit:.1%}", f"{p50:.1f}", f"{p99:.1f}"]
    return ["place_order", *figures, f"{orders['queries']:.0f}"]


if __name__ == "__main__":
    main()

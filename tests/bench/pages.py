"""Public pages: made anew, as they are kept, as "you have it already", and through the proxy.

`python -m tests.bench.pages` measures these alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.request import urlopen

from tests.bench import load, table
from tests.bench.proxy import STATIC, running_proxy
from tests.bench.shop import Shop, running_shop

SECONDS = 1  # of each run; three runs for a page
LIMIT_SECONDS = 3  # of the three that all others are compared with
CONNECTIONS = 16
CONSTANT = "/bench/constant"
BARE = "tests.bench.bare"
_HEADINGS = (
    "page", "warm/s", "of constant", "of bare", "p50 ms", "p99 ms", "304/s", "proxy/s",
    "of static", "cold ms", "after a sale", "queries", "bytes", "zstd",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """The most that a page can come to: by Django, by the shop's middleware, by the proxy."""

    bare: load.Load
    constant: load.Load
    static: load.Load


def measure(shop: Shop) -> tuple[str, list[str]]:
    """Return the table of all public pages, and what answered with errors.

    With many products in the shop it is the same table.
    """
    paths = _paths(shop.inside("names"))
    shop.restart_web(settings=BARE)
    bare = _run(shop.address + CONSTANT, seconds=LIMIT_SECONDS)
    shop.restart_web()
    constant = _run(shop.address + CONSTANT, seconds=LIMIT_SECONDS)
    cold = shop.inside("cold", *paths.values())
    with running_proxy(shop) as proxy:
        static = _run(proxy + STATIC, seconds=LIMIT_SECONDS)
        limits = Limits(bare, constant, static)
        rows, failed = _limit_rows(limits), []
        for name, path in paths.items():
            row, errors = _row(shop.address + path, proxy + path, limits)
            rows.append([name, *row, *map(str, cold[path])])
            failed += [name] if errors else []
    return table.render(_HEADINGS, rows), failed


def _row(direct: str, through: str, limits: Limits) -> tuple[list[str], int]:
    """Return the figures of one page, and how many answers were errors."""
    etag = _etag(direct)
    warm, known = _run(direct), _run(direct, f"If-None-Match: {etag}")
    kept = _run(through)
    of = [_share(warm, limit) for limit in (limits.constant, limits.bare)]
    times = [f"{warm.p50:.1f}", f"{warm.p99:.1f}", f"{known.per_second:,.0f}"]
    proxied = [f"{kept.per_second:,.0f}", _share(kept, limits.static)]
    return [f"{warm.per_second:,.0f}", *of, *times, *proxied], (
        warm.errors + known.errors + kept.errors
    )


def _paths(names: dict[str, str]) -> dict[str, str]:
    return {
        "home": "/",
        "home in Spanish": "/es/",
        "sets": "/sets/",
        "sets with size 3": "/sets/?size=3",
        "a set": names["set"],
        "sets side by side": "/sets/compare/",
        "singles": "/singles/",
        "a single": names["single"],
        "care": "/care/",
        "guides": "/guides/",
        "a guide": names["guide"],
        "finder": "/finder/",
        "sizes": "/sizes/",
        "how we know": "/how-we-know/",
        "privacy": "/privacy/",
        "sitemap": "/sitemap.xml",
    }


def _run(url: str, *headers: str, seconds: int = SECONDS) -> load.Load:
    return load.run(url, seconds=seconds, connections=CONNECTIONS, headers=headers)


def _etag(url: str) -> str:
    """Return the page's ETag, and let each worker keep the page: connections go to any of them."""
    for _ in range(8):
        with urlopen(url, timeout=10) as answer:
            etag = str(answer.headers["ETag"])
    return etag


def _share(one: load.Load, limit: load.Load) -> str:
    return f"{one.per_second / limit.per_second:.0%}"


def _limit_rows(limits: Limits) -> list[list[str]]:
    bare, constant, static = limits.bare, limits.constant, limits.static
    rows = {
        "constant, no middleware": [*_rate(bare, constant), "100%", *_times(bare)],
        "constant, the shop's middleware": [
            *_rate(constant, constant), _share(constant, bare), *_times(constant)
        ],
        "the proxy's static page": ["", "", "", *_times(static), "", *_rate(static, static)],
    }  # fmt: skip
    return [[name, *row, *[""] * (len(_HEADINGS) - 1 - len(row))] for name, row in rows.items()]


def _rate(one: load.Load, limit: load.Load) -> list[str]:
    return [f"{one.per_second:,.0f}", _share(one, limit)]


def _times(one: load.Load) -> list[str]:
    return [f"{one.p50:.1f}", f"{one.p99:.1f}"]


def main() -> None:
    """Measure the public pages of a shop of their own."""
    load.find_wrk()
    with running_shop() as shop:
        text, failed = measure(shop)
    print(text)
    if failed:
        raise SystemExit(f"bench: refused or broken answers from: {', '.join(failed)}")


if __name__ == "__main__":
    main()

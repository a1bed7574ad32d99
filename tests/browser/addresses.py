"""Every public address of the shop, read from its own sitemap."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

import requests

from tests.browser.server import LiveShop

_LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
# Not in the sitemap: these answer questions, they are not pages of their own.
UNLISTED = (
    "/search/",
    "/search/?q=trainner+size+3",
    "/search/?q=nothing-at-all-like-it",
    "/sets/?size=3",
    "/sets/?size=9&magnetic=yes&from_mm=38",
    "/sets/compare/",
    "/sets/compare/?set=starter-set-sizes-1-3&set=firm-set-sizes-3-7",
)


def get(shop: LiveShop, path: str, cookies: Mapping[str, str] | None = None) -> str:
    """Return the text at a path of the shop, for a visitor with these cookies."""
    answer = requests.get(f"{shop.url}{path}", cookies=cookies, timeout=60)
    answer.raise_for_status()
    return answer.text


def sitemap(shop: LiveShop) -> list[str]:
    """Return the paths that the sitemap names; all must be of this shop."""
    root = ET.fromstring(get(shop, "/sitemap.xml").encode())  # noqa: S314  our own
    addresses = [str(entry.text) for entry in root.iter(_LOC)]
    assert all(address.startswith(f"{shop.url}/") for address in addresses)
    return [address.removeprefix(shop.url) for address in addresses]


def one_of_each(shop: LiveShop) -> list[str]:
    """Return each page that has its own template, products and guides by example."""
    found = sitemap(shop)
    examples = [path for path in found if path.count("/") <= 2]
    for kind in ("sets", "singles", "care", "guides"):
        examples += [
            path for path in found if path.startswith(f"/{kind}/") and path.count("/") == 3
        ][:2]
    magnetic = [path for path in found if "magnetic" in path][:1]
    return [*dict.fromkeys([*examples, *magnetic]), *UNLISTED]

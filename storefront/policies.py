"""Pure rules of the storefront. Each returns `(allowed, reason)`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Provenance:
    """What a browser tells about where a form was sent from. Empty means: not told."""

    own_origin: str
    sec_fetch_site: str = ""
    origin: str = ""
    referer: str = ""


def comes_from_this_shop(sent: Provenance) -> tuple[bool, str]:
    """Say whether a form was sent from one of our own pages.

    Stands in for a CSRF token where a token's cookie is unwanted: pages of the catalogue set
    no cookie at all. Browsers since 2020 send Sec-Fetch-Site over https, all send Origin with
    a POST; Referer is for the few that send neither. A request without any is refused.
    """
    if sent.sec_fetch_site and sent.sec_fetch_site != "same-origin":
        return False, "sent from another site"
    if sent.origin:
        return _same(sent.origin, sent.own_origin, "foreign origin")
    if sent.sec_fetch_site:
        return True, "same origin"
    if sent.referer:
        return _same(_origin_of(sent.referer), sent.own_origin, "foreign referer")
    return False, "origin not told"


def _same(claimed: str, own: str, reason: str) -> tuple[bool, str]:
    same = claimed.lower() == own.lower()
    return same, "same origin" if same else reason


def _origin_of(url: str) -> str:
    """Return scheme and host of an address, or "" when it cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"

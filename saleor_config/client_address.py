"""By which address visitors are told apart: in every limit, and where log-ins are locked.

Behind proxies the server sees the last of them only. Each proxy adds to `X-Forwarded-For` the
address that it saw itself, so of a header that anybody can send us, the entries that our own
proxies wrote stand on the right: as many as there are proxies. Nothing further left is read.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  no address to listen on: all whose address nobody can read
_PREFIX = 64  # bits of IPv6 that one household or server is given, at the least
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: IPv4 of the whole world, in its last 32 bits


def client_address(request: HttpRequest) -> str:
    """Return the visitor's IPv4 address, or the first one of their /64 for IPv6.

    With `TRUSTED_PROXY_COUNT` = n the address is the n-th of X-Forwarded-For from the right; with 0
    the header is not read. A request without that entry, or with one that is no address, counts
    as the proxy's own. The answer is an address always, so that a limit never counts nobody.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    return _counted(_forwarded(request)) or _counted(seen) or UNKNOWN


def _forwarded(request: HttpRequest) -> str:
    count = settings.TRUSTED_PROXY_COUNT
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return entries[-count] if 0 < count <= len(entries) else ""


def _counted(text: str) -> str:
    """Return what limits count an address as, or "" if the text is none."""
    address = _parse(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address.packed, _PREFIX), strict=False).network_address)
    return str(address) if address else ""


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address as proxies write it: with a port or a zone, in brackets, as mapped IPv4."""
    try:
        address = ip_address(_without_port(text.strip()))
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text

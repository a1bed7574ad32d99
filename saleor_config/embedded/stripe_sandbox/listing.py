"""Lists and expansion, as Stripe pages and expands them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from saleor_config.embedded.stripe_sandbox import errors
from saleor_config.embedded.stripe_sandbox.store import Object, Store

_EXPANDABLE = ("payment_intent", "latest_charge", "charge")
_COMPARE = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def listing(
    url: str, things: Iterable[Object], asked: dict[str, Any], *, fields: tuple[str, ...]
) -> Object:
    """Filter by the fields that were asked for, then cut one page (10 unless told)."""
    found = [t for t in things if _matches(t, asked, fields)]
    page = _after(found, asked.get("starting_after"))
    limit = asked.get("limit", 10)
    return {
        "object": "list",
        "url": url,
        "data": page[:limit],
        "has_more": len(page) > limit,
    }


def _matches(thing: Object, asked: dict[str, Any], fields: tuple[str, ...]) -> bool:
    same = all(thing.get(name) == asked[name] for name in fields if name in asked)
    created = asked.get("created", {}).items()
    return same and all(_COMPARE[how](thing["created"], limit) for how, limit in created)


def _after(found: list[Object], cursor: str | None) -> list[Object]:
    if cursor is None:
        return found
    places = [place for place, thing in enumerate(found) if thing["id"] == cursor]
    if not places:
        raise errors.no_such("object", cursor, "starting_after")
    return found[places[0] + 1 :]


def present(store: Store, thing: Object, expand: Iterable[str]) -> Object:
    """Return the object as the API shows it: own notes left out, ids replaced where asked."""
    if thing["object"] == "list":
        inner = [path.removeprefix("data.") for path in expand]
        return thing | {"data": [present(store, each, inner) for each in thing["data"]]}
    shown = {key: value for key, value in thing.items() if not key.startswith("_")}
    for path in expand:
        _expand(store, shown, path.split("."))
    return shown


def _expand(store: Store, shown: Object, path: list[str]) -> None:
    name, rest = path[0], path[1:]
    if name not in _EXPANDABLE or name not in shown:
        message = f"This property cannot be expanded ({'.'.join(path)})."
        raise errors.invalid("expand", message)
    value = shown[name]
    found = store.get(value) if isinstance(value, str) else value
    if found is not None:
        shown[name] = present(store, found, [".".join(rest)] if rest else [])

"""``google_measurement_protocol``, the builder of Google Analytics events.

Its service ended on 2023-07-01 ("Universal Analytics stopped processing data") and the package
has had no release since 2019; a discreet shop reports to nobody.

Saleor: ``core/analytics.py`` imports it and builds the events even when no tracking id is set.
The events are built here as before, from Saleor's own numbers; sending them is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, NoReturn

from .hooks import provide

Payload = dict[str, Any]


def _present(**values: Any) -> Payload:
    return {name: value for name, value in values.items() if value is not None}


def pageview(
    path: str | None = None,
    host_name: str | None = None,
    location: str | None = None,
    title: str | None = None,
    language: str | None = None,
    referrer: str | None = None,
) -> Iterator[Payload]:
    """Yield the one event of a page view."""
    yield _present(
        t="pageview", dp=path, dh=host_name, dl=location, dt=title, ul=language, dr=referrer
    )


def item(
    name: str,
    unit_price: Any,
    quantity: int | None = None,
    item_id: str | None = None,
    category: str | None = None,
) -> Payload:
    """Return the event of one order line, without its transaction."""
    return _present(
        t="item",
        cu=unit_price.currency,
        ip=str(unit_price.amount),
        iq=None if quantity is None else str(int(quantity)),
        ic=item_id,
        iv=category,
        **{"in": name},
    )


def transaction(
    transaction_id: Any,
    items: Iterable[Payload],
    revenue: Any,
    tax: Any = None,
    shipping: Any = None,
    affiliation: str | None = None,
) -> Iterator[Payload]:
    """Yield the event of an order, then those of its lines."""
    yield _present(
        t="transaction",
        ti=transaction_id,
        cu=revenue.currency,
        tr=str(revenue.amount),
        tt=None if tax is None else str(tax.amount),
        ts=None if shipping is None else str(shipping.amount),
        ta=affiliation,
    )
    for payload in items:
        yield {**payload, "ti": transaction_id}


def report(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse to send anything."""
    raise NotImplementedError("Nothing is reported to Google Analytics.")


def _fill(module: ModuleType) -> None:
    for function in (pageview, item, transaction, report):
        setattr(module, function.__name__, function)


def install() -> None:
    """Answer for the package where it is not installed."""
    provide("google_measurement_protocol", _fill)

"""One walk along the bins for several orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from saleor.order.models import Order

from dashboard.selectors.orders import TO_PACK, orders_with_payment
from dashboard.selectors.packing import NO_BIN, Pick, parcel_of

MOST = 50  # orders on one list: more do not fit on a trolley


@dataclass(frozen=True)
class Stop:
    """What to take at one bin: `wanted` pieces in all, and how many for which order."""

    bin: str
    sku: str
    name: str
    wanted: int
    orders: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PickList:
    """The stops in the order of the walk. `left_out` are asked orders that are not to be packed."""

    orders: tuple[int, ...]
    stops: tuple[Stop, ...]
    left_out: tuple[int, ...]


def pick_list(asked: Sequence[int]) -> PickList:
    """Return the walk for these orders, the oldest first; for the whole queue if none is named."""
    waiting = orders_with_payment().filter(TO_PACK).order_by("pk")
    orders = list((waiting.filter(pk__in=asked) if asked else waiting)[:MOST])
    found = tuple(order.pk for order in orders)
    return PickList(
        orders=found,
        stops=_stops(orders),
        left_out=tuple(sorted(set(asked) - set(found))),
    )


def _stops(orders: Sequence[Order]) -> tuple[Stop, ...]:
    taken: dict[str, list[tuple[int, Pick]]] = defaultdict(list)
    for order in orders:
        for pick in parcel_of(order, None).picks:
            taken[pick.sku].append((order.pk, pick))
    stops = [_stop(picks) for picks in taken.values()]
    return tuple(sorted(stops, key=lambda stop: (stop.bin == NO_BIN, stop.bin, stop.sku)))


def _stop(picks: list[tuple[int, Pick]]) -> Stop:
    _order, first = picks[0]
    return Stop(
        bin=first.bin,
        sku=first.sku,
        name=first.name,
        wanted=sum(pick.wanted for _order, pick in picks),
        orders=tuple((order, pick.wanted) for order, pick in picks),
    )

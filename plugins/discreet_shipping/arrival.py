"""When a parcel comes. Every page that says a day asks `expected_arrival`.

The day follows from the delivery method's own days, the cut-off time, the days on which the carrier
collects and delivers, and the holidays of the shop and of the destination. Public holidays are
those of the library `holidays`. It takes 15 MB of memory once it is loaded, so the first process
that needs a country's year loads it, and the cache has the answer for all others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.core.cache import cache
from redis.exceptions import RedisError

from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.policies import DeliveryContext
from product_content.models import DeliveryTime
from product_content.shop_settings import shop_facts

_A_DAY = timedelta(days=1)
_MAX_SEARCH = 400  # days; no calendar is closed for longer
_KEPT_SECONDS = 30 * 24 * 60 * 60  # a country can still move a holiday of this year


@dataclass(frozen=True, slots=True)
class Arrival:
    """The first and the last day on which a parcel should come; the same where it is one day."""

    first: date
    last: date

    @property
    def is_range(self) -> bool:
        """Say whether it may be one of several days."""
        return self.first != self.last


def expected_arrival(context: DeliveryContext, *, left: date | None = None) -> Arrival | None:
    """Return when the parcel should come; None where its method promises no day.

    `left` is the day on which it left us; without one it leaves as soon as it can after
    `context.now`, and so that it does not come before the day that the customer asked for.
    """
    method = context.method
    return None if method is None else expected_arrivals(context, [method], left=left)[method]


def arrival_by(
    context: DeliveryContext, time: DeliveryTime | None, *, left: date | None = None
) -> Arrival | None:
    """Return the same where the days of the context's method are known; no query."""
    return None if time is None else _arrival(context, time, left)


def expected_arrivals(
    context: DeliveryContext, methods: Iterable[int], *, left: date | None = None
) -> dict[int, Arrival | None]:
    """Return the same for each of these methods, whatever that of the context is."""
    methods = list(methods)
    times = DeliveryTime.objects.in_bulk(methods, field_name="method_id")
    return {
        method: _arrival(context, times[method], left) if method in times else None
        for method in methods
    }


def day_to_send(context: DeliveryContext, time: DeliveryTime | None) -> date:
    """Return the first day on which the parcel may leave, by the day its customer asked for.

    `time` are the days of its method; where nobody knows them it may come on the next working day.
    """
    sent = earliest_day(context)
    if context.choices.day != "not_before":
        return sent
    wanted = date.fromisoformat(context.choices.not_before)
    return _sent_for(wanted, sent, time.min_days if time else 1, context)


def earliest_day(context: DeliveryContext) -> date:
    """Return the first day on which the carrier can collect it."""
    return _first_on(context.now.date() + _late(context), _collection_days(context.rules))


def _arrival(context: DeliveryContext, time: DeliveryTime, left: date | None) -> Arrival:
    choices, delivered = context.choices, _delivery_days(context)
    sent = left or earliest_day(context)
    if choices.day == "not_before" and left is None:
        wanted = date.fromisoformat(choices.not_before)
        sent = _sent_for(wanted, sent, time.min_days, context)
    days = (_after(sent, number, delivered) for number in (time.min_days, time.max_days))
    if choices.day == "weekdays":
        days = (_first_on(day, _only(delivered, choices.weekdays)) for day in days)
    return Arrival(*days)


Calendar = Callable[[date], bool]


def _late(context: DeliveryContext) -> timedelta:
    """Return a day where the carrier has collected today's parcels already."""
    return _A_DAY if context.now.time() >= context.rules.cutoff else timedelta()


def _sent_for(wanted: date, sent: date, days: int, context: DeliveryContext) -> date:
    """Return the first day from `sent` on that does not bring the parcel before `wanted`."""
    collected, delivered = _collection_days(context.rules), _delivery_days(context)
    while _after(sent, days, delivered) < wanted:
        sent = _first_on(sent + _A_DAY, collected)
    return sent


def _collection_days(rules: ShippingSettings) -> Calendar:
    is_closed_on = shop_facts().is_closed_on
    return lambda day: (
        day.weekday() in rules.collection_days
        and day not in rules.closed_days
        and not is_closed_on(day)
        and not is_holiday(day, rules.holidays_of)
    )


def _delivery_days(context: DeliveryContext) -> Calendar:
    """Return on which days a carrier works on both ends."""
    rules, home = context.rules, context.rules.holidays_of
    abroad = "" if home.partition("-")[0] == context.country else context.country
    return lambda day: (
        day.weekday() in rules.weekdays
        and not is_holiday(day, home)
        and not is_holiday(day, abroad)
    )


def _only(calendar: Calendar, weekdays: Collection[int]) -> Calendar:
    return lambda day: day.weekday() in weekdays and calendar(day)


def _first_on(day: date, calendar: Calendar) -> date:
    """Return the first day of a calendar from `day` on; `day` itself where it has none."""
    ahead = (day + number * _A_DAY for number in range(_MAX_SEARCH))
    return next((each for each in ahead if calendar(each)), day)


def _after(day: date, number: int, calendar: Calendar) -> date:
    """Return the day that is `number` days of the calendar after `day`."""
    for _step in range(number):
        day = _first_on(day + _A_DAY, calendar)
    return day


def is_holiday(day: date, place: str) -> bool:
    """Say whether it is a public holiday in a country ("ES") or a part of it ("GB-SCT").

    In a country of which nothing is known no day is one.
    """
    return bool(place) and day in _public_holidays(place, day.year)


@lru_cache(maxsize=128)
def _public_holidays(place: str, year: int) -> frozenset[date]:
    key = f"holidays-{place}-{year}"
    try:
        days = cache.get(key)
        if days is None:
            days = _looked_up(place, year)
            cache.set(key, days, _KEPT_SECONDS)
    except RedisError:
        days = _looked_up(place, year)
    return frozenset(map(date.fromisoformat, days))


def _looked_up(place: str, year: int) -> list[str]:
    from holidays import country_holidays  # see above: not in every process from its start

    country, _hyphen, part = place.partition("-")
    for subdivision in (part or None, None):
        try:
            found = country_holidays(country, subdiv=subdivision, years=year)
            return sorted(day.isoformat() for day in found)
        except NotImplementedError:  # the library does not know the part, or the country
            continue
    return []

"""Which days can be asked for, and which day is expected."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.policies.situation import YES, Answer, Situation

_WEEK = 7


def day_fits(now: Situation) -> Answer:
    """Say whether the date lies ahead and not too far, and the weekdays are delivered on."""
    choices, rules = now.choices, now.rules
    if choices.day == "not_before":
        wanted = date.fromisoformat(choices.not_before)
        last = now.today + timedelta(days=rules.most_days)
        if wanted <= now.today:
            return False, _("This day has passed. Please choose a day from tomorrow on.")
        if wanted > last:
            day = date_format(last, _("j F Y"))
            return False, _("Please choose a day up to %(day)s.") % {"day": day}
    if choices.day == "weekdays" and not set(choices.weekdays) <= set(rules.weekdays):
        return False, _("Nothing is delivered on one of these weekdays.")
    return YES


def expected_day(now: Situation) -> date:
    """Return the first day on which the parcel can come, by the shop's own lead time."""
    days = now.rules.weekdays
    day = now.today
    for _day in range(now.rules.lead_days):
        day = _next_on(day + timedelta(days=1), days)
    if now.choices.day == "not_before":
        day = max(day, date.fromisoformat(now.choices.not_before))
    wanted = now.choices.weekdays if now.choices.day == "weekdays" else days
    return _next_on(day, wanted or days)


def selectable_days(rules: ShippingSettings, today: date) -> tuple[date, date]:
    """Return the first and the last date that may be asked for."""
    return today + timedelta(days=1), today + timedelta(days=rules.most_days)


def _next_on(day: date, weekdays: Collection[int]) -> date:
    for ahead in range(_WEEK):
        if (day + timedelta(days=ahead)).weekday() in weekdays:
            return day + timedelta(days=ahead)
    return day

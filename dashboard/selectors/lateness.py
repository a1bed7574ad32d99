"""Which orders should have left by now."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from dashboard.policies import on_time_since
from dashboard.selectors.orders import TO_PACK
from plugins.discreet_shipping.selectors.settings import current_settings
from plugins.ordering.discretion import CONTRACT_KEY

_WANTED_FROM = Coalesce(
    KT(f"metadata__{CONTRACT_KEY}__choices__not_before"), Value("", TextField())
)


def late() -> Q:
    """Return the condition that an order is to be packed and should have left before today.

    When it was placed stands for when it was paid: what is not paid is released within the hour.
    An order that is not wanted before a day to come is not late.
    """
    today = timezone.localdate()
    first = on_time_since(today=today, weekdays=current_settings().weekdays)
    midnight = timezone.make_aware(datetime.combine(first, time.min))
    is_wanted = LessThanOrEqual(_WANTED_FROM, Value(today.isoformat(), TextField()))
    return TO_PACK & Q(created__lt=midnight) & Q(is_wanted)

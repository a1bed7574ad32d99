"""What staff need to know to send an order elsewhere."""

from __future__ import annotations

import hashlib
import json

from django_countries import countries
from saleor.account.models import Address
from saleor.order.models import Order
from saleor.shipping.models import ShippingZone

from plugins.discreet_shipping.policies.moving import may_move
from plugins.discreet_shipping.policies.situation import Answer
from plugins.discreet_shipping.selectors.progress import progress_of
from plugins.discreet_shipping.selectors.stored import choices_of
from plugins.ordering.marks import LABEL_PRINTED


def may_be_moved(order: Order) -> Answer:
    """Say whether the order's address can still be changed by staff, and if not, why."""
    return may_move(**progress_of(order), collection=bool(choices_of(order).point))


def address_stamp(address: Address | None) -> str:
    """Return a mark of an address, by which a form tells which one it was shown with."""
    content = {key: str(value) for key, value in address.as_data().items()} if address else {}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def is_label_printed(order: Order) -> bool:
    """Say whether there is a label on paper with the order's address."""
    return LABEL_PRINTED in (order.private_metadata or {})


def served_countries(order: Order) -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of where the order's delivery method goes, by name.

    The default zone serves the rest of the world, as in Saleor. Where the method is gone, the
    order's own country is left.
    """
    names = dict(countries)
    codes = _codes(order) | {order.shipping_address.country.code if order.shipping_address else ""}
    return sorted(
        ((code, str(names[code])) for code in codes if code in names), key=lambda row: row[1]
    )


def _codes(order: Order) -> set[str]:
    if order.shipping_method is None:
        return set()
    zone = order.shipping_method.shipping_zone
    if not zone.default:
        return _named(zone)
    others = ShippingZone.objects.filter(default=False, shipping_methods__isnull=False)
    return set(dict(countries)).difference(*map(_named, others))


def _named(zone: ShippingZone) -> set[str]:
    return {country.code for country in zone.countries}

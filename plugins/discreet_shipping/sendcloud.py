"""Labels of many carriers by Sendcloud, which buys them from Royal Mail, PostNL, DHL and others.

Written against the public description of version 3 of its API, read in November 2026:

- https://sendcloud.dev/api/v3/shipments/create-and-announce-a-shipment-synchronously: a shipment
  is bought in one request. Its `external_reference_id` is unique: used again, the answer is 409.
- https://sendcloud.dev/api/v3/shipments/retrieve-shipments: by that reference, or by parcels' ids,
  100 at most.
- https://sendcloud.dev/api/v3/parcel-documents/retrieve-a-parcel-document: the label as PNG.
- https://sendcloud.dev/api/v3/parcel-statuses/retrieve-a-list-of-parcel-statuses: the states.

`total_order_price`, `parcel_items`, the e-mail address and the telephone number are left out: all
of them are optional, and would tell what was bought or let others write to the customer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings

from plugins.discreet_shipping.carriers import (
    BoughtLabel,
    CarrierRefused,
    CarrierUnavailable,
    ShipmentRequest,
    readable_label,
)
from plugins.discreet_shipping.sendcloud_client import (
    get_json,
    get_picture,
    post_json,
    reason_in,
)
from plugins.fulfilment.models import ShipmentState

_STATES = {
    "AWAITING_CUSTOMER_PICKUP": ShipmentState.READY,
    "DELIVERED": ShipmentState.DELIVERED,
    "SHIPMENT_COLLECTED_BY_CUSTOMER": ShipmentState.DELIVERED,
}
_FAILED = frozenset({"ANNOUNCEMENT_FAILED", "CANCELLED", "CANCELLED_UPSTREAM", "NO_LABEL"})
_NOT_READY = "The carrier is still making the label. Try again soon: nothing is bought twice."


class Sendcloud:
    """The `Carrier` of a Sendcloud account; its keys come from the environment only."""

    name = "Sendcloud"

    def buy_label(self, shipment: ShipmentRequest) -> BoughtLabel:
        """Buy a label, or fetch the one that was bought under the same reference."""
        answer = post_json("/shipments/announce", request_body(shipment))
        bought = answer.get("data") if answer else _bought_before(shipment.reference)
        parcel = _parcel_of(bought)
        return BoughtLabel(
            parcel_id=str(parcel["id"]),
            tracking_number=str(parcel.get("tracking_number") or "")[:40],
            picture=readable_label(get_picture(f"/parcels/{int(parcel['id'])}/documents/label")),
        )

    def states(self, parcel_ids: Collection[str]) -> Mapping[str, ShipmentState]:
        """Return those of at most 100 parcels that wait to be collected or were delivered."""
        found = get_json("/shipments", {"ids": ",".join(parcel_ids), "page_size": "100"})
        states = {
            str(parcel.get("id")): _STATES.get(_status(parcel))
            for shipment in found.get("data") or []
            for parcel in shipment.get("parcels") or []
        }
        return {parcel: state for parcel, state in states.items() if state and parcel in parcel_ids}


def request_body(shipment: ShipmentRequest) -> dict[str, Any]:
    """Return all that Sendcloud is told of a parcel."""
    sender, label = settings.SENDCLOUD_SENDER_ID, shipment.label
    parcel: dict[str, Any] = {"weight": {"value": str(shipment.weight), "unit": "kg"}}
    if label["marks"]:
        parcel["label_notes"] = label["marks"]
    return {
        "label_details": {"mime_type": "image/png", "dpi": 300},
        "external_reference_id": shipment.reference,
        "order_number": label["number"],
        "from_address": {"sender_address_id": int(sender), "company_name": label["sender"][0]},
        "to_address": _address(shipment),
        "ship_with": {
            "type": "shipping_option_code",
            "properties": {"shipping_option_code": shipment.option},
        },
        "parcels": [parcel],
    }


def _address(shipment: ShipmentRequest) -> dict[str, str]:
    lines = {f"address_line_{n}": line for n, line in enumerate(shipment.street, 1)}
    region = {"state_province_code": shipment.region} if shipment.region else {}
    return {
        "name": shipment.label["recipient"][0],
        **lines,
        "postal_code": shipment.postcode,
        "city": shipment.city,
        "country_code": shipment.country,
        **region,
    }


def _bought_before(reference: str) -> Any:
    found = get_json("/shipments", {"external_reference_id": reference}).get("data")
    return found[0] if isinstance(found, list) and found else None


def _parcel_of(bought: Any) -> Mapping[str, Any]:
    """Return the one parcel of a shipment, if its label is there."""
    parcels = (bought or {}).get("parcels") or []
    if not parcels:
        raise CarrierUnavailable(_NOT_READY)
    if _status(parcels[0]) in _FAILED:
        raise CarrierRefused(f"The carrier says: {reason_in(bought)}")
    if not parcels[0].get("id") or not parcels[0].get("tracking_number"):
        raise CarrierUnavailable(_NOT_READY)
    found: Mapping[str, Any] = parcels[0]
    return found


def _status(parcel: Mapping[str, Any]) -> str:
    return str((parcel.get("status") or {}).get("code", "")).upper()

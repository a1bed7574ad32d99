"""Labels of many carriers by Sendcloud, which buys them from Royal Mail, PostNL, DHL and others.

Written against the public description of version 3 of its API, read in November 2026:

- https://sendcloud.dev/api/v3/shipments: HTTP Basic with the public and the secret key; errors as
  `{"errors": [{"status", "code", "detail"}]}`.
- https://sendcloud.dev/api/v3/shipments/create-and-announce-a-shipment-synchronously: a shipment
  is bought in one request. Its `external_reference_id` is unique: used again, the answer is 409.
- https://sendcloud.dev/api/v3/shipments/retrieve-shipments: by that reference, or by parcels' ids,
  100 at most.
- https://sendcloud.dev/api/v3/parcel-documents/retrieve-a-parcel-document: the label as PNG.
- https://sendcloud.dev/api/v3/parcel-statuses/retrieve-a-list-of-parcel-statuses: the states.

`total_order_price`, `parcel_items`, the e-mail address and the telephone number are left out: all
of them are optional, and would tell what was bought or let others write to the customer. Nothing of
a parcel is logged. No request is sent twice by itself: whoever asks again does so under the same
reference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings

from plugins.discreet_shipping.carriers import (
    MAX_LABEL_BYTES,
    BoughtLabel,
    CarrierRefused,
    CarrierUnavailable,
    ShipmentRequest,
    readable_label,
)
from plugins.fulfilment.models import ShipmentState

BASE = "https://panel.sendcloud.sc/api/v3"
TIMEOUTS = (3.05, 20.0)  # seconds to connect, and between two parts of the answer
MAX_DETAIL = 160  # letters of the carrier's own words that are shown

_NO_ANSWER = (
    "The carrier did not answer, so it is not known whether the label was bought. Try again in a "
    "minute: it is bought once however often you try."
)
_BUSY = "The carrier is busy or out of order. Try again in a few minutes: nothing is bought twice."
_KEYS = "The carrier does not accept the shop's keys. Tell whoever runs the shop."


def get_json(path: str, params: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a question. Raises CarrierRefused and CarrierUnavailable."""
    return _as_json(_checked(_send("GET", path, params=params)))


def get_picture(path: str) -> bytes:
    """Return a document as PNG at 300 dots per inch; raises as `get_json`."""
    return _checked(_send("GET", path, params={"dpi": "300"}, accept="image/png")).content


def post_json(path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the answer to an order, None if this reference was used before (409).

    Raises as `get_json`.
    """
    answer = _send("POST", path, json=body)
    return None if answer.status_code == HTTPStatus.CONFLICT else _as_json(_checked(answer))


def _send(
    method: str, path: str, *, accept: str = "application/json", **more: Any
) -> requests.Response:
    keys = (settings.SENDCLOUD_PUBLIC_KEY, settings.SENDCLOUD_SECRET_KEY)
    try:
        return requests.request(
            method,
            f"{BASE}{path}",
            auth=keys,
            headers={"Accept": accept},
            timeout=TIMEOUTS,
            allow_redirects=False,
            **more,
        )
    except requests.RequestException as error:
        raise CarrierUnavailable(_NO_ANSWER) from error


def _checked(answer: requests.Response) -> requests.Response:
    """Return an answer that is one; its size is limited by what a label needs."""
    status = answer.status_code
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise CarrierRefused(_KEYS)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CarrierUnavailable(_BUSY)
    if status >= HTTPStatus.BAD_REQUEST:
        raise CarrierRefused(f"The carrier says: {reason_in(_as_json(answer))}")
    if status >= HTTPStatus.MULTIPLE_CHOICES or len(answer.content) > MAX_LABEL_BYTES:
        raise CarrierUnavailable(_BUSY)
    return answer


def reason_in(answer: Mapping[str, Any]) -> str:
    """Return the carrier's first reason, with the name of the field that it is about."""
    errors = answer.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    field = str((first.get("source") or {}).get("pointer", "")).rpartition("/")[2]
    detail = str(first.get("detail") or first.get("title") or "it gave no reason")[:MAX_DETAIL]
    return f"{field.replace('_', ' ')}: {detail}" if field else detail


def _as_json(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except requests.JSONDecodeError as error:
        raise CarrierUnavailable(_BUSY) from error
    if not isinstance(found, dict):
        raise CarrierUnavailable(_BUSY)
    return found


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

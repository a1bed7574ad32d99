"""HTTP to Sendcloud: keys, timeouts, and errors as plain messages. Nothing of a parcel is logged.

Written against the description of version 3 of its API, in which
https://sendcloud.dev/api/v3/shipments says: HTTP Basic with the public and the secret key; errors
as `{"errors": [{"status", "code", "detail"}]}`. No request is sent twice by itself: whoever asks
again does so under the same reference (`sendcloud.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings

from plugins.discreet_shipping.carriers import (
    MAX_LABEL_BYTES,
    CarrierRefused,
    CarrierUnavailable,
)

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

"""Carriers that sell labels, and the labels bought of them: each once, followed to the door.

A carrier learns what stands on the label, the weight of the parcel and how it is sent; never an
e-mail address, a telephone number, or anything of what is in it.

A purchase is a row before the carrier hears of it, and its reference stays the same until the
carrier has answered. So a second click, or another try after no answer, buys nothing twice.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from PIL import Image, UnidentifiedImageError
from saleor.order import FulfillmentStatus
from saleor.order.models import Order

from plugins.discreet_shipping.contract import Contract, Label
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.policies import may_buy_label
from plugins.fulfilment.models import OPEN_LABELS, CarrierLabel, LabelState, ShipmentState
from plugins.fulfilment.packing import report_shipments
from plugins.fulfilment.policies import PackingRefused, ReportRefused
from plugins.ordering.locks import lock_order
from plugins.ordering.order_state import note_order
from product_content.decisions import Refused

MAX_LABEL_BYTES = 4_000_000  # a label of A6 at 300 dots per inch is a tenth of that
_CARRIERS = {
    "local": "plugins.discreet_shipping.carriers.LocalCarrier",
    "sendcloud": "plugins.discreet_shipping.sendcloud.Sendcloud",
}


class CarrierRefused(Refused):
    """The carrier did not sell a label; the reason is for whoever packs."""


class CarrierUnavailable(Exception):  # noqa: N818  says what is wrong
    """The carrier did not answer, or not usefully: whether it sold a label is not known."""


@dataclass(frozen=True)
class ShipmentRequest:
    """One parcel as a carrier is told of it.

    `reference` names the purchase: with the same one nothing is bought twice. `option` is the
    carrier's own code of how it is sent, `weight` in kilograms. `street` are one or two lines;
    `country` and `region` are codes. All of `label` is printed on it.
    """

    reference: str
    option: str
    label: Label
    street: tuple[str, ...]
    city: str
    postcode: str
    region: str
    country: str
    weight: Decimal


@dataclass(frozen=True)
class BoughtLabel:
    """A label as the carrier sold it: its number of the parcel, and the picture as PNG."""

    parcel_id: str
    tracking_number: str
    picture: bytes


class Carrier(Protocol):
    """Whoever sells labels.

    `name` is what customers are told, "" for one that nobody outside the shop hears of. Each call
    may use the network: none belongs into a transaction. They raise CarrierRefused and
    CarrierUnavailable.
    """

    name: str

    def buy_label(self, shipment: ShipmentRequest) -> BoughtLabel:
        """Buy a label, or return the one that was bought under the same reference."""
        ...

    def states(self, parcel_ids: Collection[str]) -> Mapping[str, ShipmentState]:
        """Return how far these parcels have got; those with nothing new are left out."""
        ...


def carrier_in_use() -> Carrier | None:
    """Return the carrier of the setting LABEL_CARRIER, or None: then labels are our own."""
    path = _CARRIERS.get(settings.LABEL_CARRIER)
    carrier: Carrier | None = import_string(path)() if path else None
    return carrier


def readable_label(content: bytes) -> bytes:
    """Return the picture of a label. Raises CarrierUnavailable if it cannot be printed."""
    try:
        with Image.open(io.BytesIO(content[:MAX_LABEL_BYTES]), formats=["PNG"]) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise CarrierUnavailable("The carrier's label cannot be read. Try it again.") from error
    return content


class LocalCarrier:
    """A carrier for trial, on this computer alone: its labels are ours, with a made-up number.

    An hour after a label was bought its parcel counts as delivered.
    """

    name = ""

    def buy_label(self, shipment: ShipmentRequest) -> BoughtLabel:
        """Return our own label with a tracking number."""
        from plugins.discreet_shipping.labels import label_png  # it knows the Contract

        number = f"TRIAL{shipment.reference[:12].upper()}"
        return BoughtLabel(
            parcel_id=f"{int(timezone.now().timestamp())}-{shipment.reference[:12]}",
            tracking_number=number,
            picture=label_png(shipment.label),
        )

    def states(self, parcel_ids: Collection[str]) -> Mapping[str, ShipmentState]:
        """Return those as delivered that were bought an hour ago."""
        hour_ago = timezone.now() - timedelta(hours=1)
        return {
            parcel: ShipmentState.DELIVERED
            for parcel in parcel_ids
            if datetime.fromtimestamp(int(parcel.partition("-")[0]), UTC) <= hour_ago
        }


logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=90)  # longer than any answer; then somebody else may ask again
FOLLOWED = timedelta(days=60)
BATCH = 100  # parcels of one question
_USUAL_WEIGHT = Decimal("0.50")  # kilograms, of a parcel whose goods have no weight
_GRAM = Decimal("0.001")


def buy_label(*, order_id: int, actor_id: int) -> CarrierLabel:
    """Buy the label of the parcel that is packed now, or return the one that was bought for it.

    Must not run in a transaction: the carrier is asked. Raises PackingRefused in words for the
    packer.
    """
    carrier = carrier_in_use()
    if carrier is None:
        raise PackingRefused("No carrier is set up that sells labels.")
    label, request = _begin(order_id)
    if request is None:
        return label
    try:
        bought = carrier.buy_label(request)
    except CarrierUnavailable as why:
        CarrierLabel.objects.filter(pk=label.pk).update(asked_at=None)
        raise PackingRefused(str(why)) from why
    except CarrierRefused as why:
        _open_labels(order_id).filter(pk=label.pk).update(state=LabelState.REFUSED, asked_at=None)
        raise PackingRefused(str(why)) from why
    return _keep(label.pk, bought, actor_id)


@transaction.atomic
def _begin(order_id: int) -> tuple[CarrierLabel, ShipmentRequest | None]:
    """Return the row of the purchase, and what to ask; None where the label is there already."""
    order, _checkout = lock_order(order_id)
    printed, option = _printable(order), option_of(order)
    now, label = timezone.now(), _usable_label(order, printed)
    if label is None:
        label = CarrierLabel(
            order=order,
            carrier=settings.LABEL_CARRIER,
            reference=get_random_string(32),
            told=dict(printed),
        )
    elif label.state == LabelState.BOUGHT:
        return label, None
    elif label.asked_at and label.asked_at > now - LEASE:
        raise PackingRefused("The label is being bought now. Look again in a minute.")
    label.asked_at = now
    label.save()
    return label, _request(order, label.reference, printed, option)


def _printable(order: Order) -> Label:
    """Return the Contract's label, if one may be bought for it. Raises PackingRefused."""
    contract = contract_of(order)
    allowed, why = may_buy_label(
        has_label=bool(contract and contract["label"]),
        was_told=_was_told(contract),
        is_collection=bool(contract and contract["choices"].get("point")),
        crosses_border=bool(contract and contract["customs"]),
        option=option_of(order),
    )
    if not allowed or contract is None or contract["label"] is None:
        raise PackingRefused(why)
    return contract["label"]


def _was_told(contract: Contract | None) -> bool:
    """Say whether the customer was shown what this carrier learns, or nobody outside learns it."""
    carrier = carrier_in_use()
    return not (carrier and carrier.name) or bool(contract and contract.get("carrier"))


def option_of(order: Order) -> str:
    """Return the carrier's code of the order's delivery method, "" for none."""
    time = getattr(order.shipping_method, "delivery_time", None)
    return str(time.carrier_option) if time else ""


def _open_labels(order_id: int) -> QuerySet[CarrierLabel]:
    return CarrierLabel.objects.filter(order_id=order_id, state__in=OPEN_LABELS, shipment=None)


def _usable_label(order: Order, printed: Label) -> CarrierLabel | None:
    """Return the open label if it is for what is to be printed now; another one becomes void."""
    label = _open_labels(order.pk).first()
    if label is None or (label.told == dict(printed) and label.carrier == settings.LABEL_CARRIER):
        return label
    CarrierLabel.objects.filter(pk=label.pk).update(state=LabelState.VOID)
    message = "A carrier's label was bought for another address. Cancel it at the carrier."
    note_order(order_id=order.pk, message=message, actor_id=None)
    return None


def _request(order: Order, reference: str, printed: Label, option: str) -> ShipmentRequest:
    address = order.shipping_address
    street = (address.street_address_1, address.street_address_2)
    weight = Decimal(str(order.weight.kg))
    return ShipmentRequest(
        reference=reference,
        option=option,
        label=printed,
        street=tuple(filter(None, street)),
        city=address.city,
        postcode=address.postal_code,
        region=address.country_area,
        country=address.country.code,
        weight=max(weight.quantize(_GRAM), _GRAM) if weight else _USUAL_WEIGHT,
    )


@transaction.atomic
def _keep(label_id: int, bought: BoughtLabel, actor_id: int) -> CarrierLabel:
    label = CarrierLabel.objects.get(pk=label_id)
    lock_order(label.order_id)
    label.refresh_from_db()
    label.parcel_id, label.tracking_number = bought.parcel_id, bought.tracking_number
    label.picture, label.bought_at, label.asked_at = bought.picture, timezone.now(), None
    if label.state == LabelState.BUYING:
        label.state = LabelState.BOUGHT
        message = "The carrier's label was bought."
        note_order(order_id=label.order_id, message=message, actor_id=actor_id)
    label.save()
    return label


def bought_label(order: Order) -> CarrierLabel | None:
    """Return the label that was bought for the parcel that is packed now, or None."""
    contract = contract_of(order)
    label = _open_labels(order.pk).filter(state=LabelState.BOUGHT).first()
    is_as_printed = label and contract and label.told == dict(contract["label"] or {})
    return label if is_as_printed else None


def label_picture(order: Order) -> bytes:
    """Return the picture of that label as PNG, b"" if there is none."""
    label = bought_label(order)
    return bytes(label.picture) if label else b""


def hand_over(label: CarrierLabel, shipments: Sequence[int]) -> None:
    """Note which parcel left with the label; the caller holds the order's lock."""
    CarrierLabel.objects.filter(pk=label.pk).update(shipment_id=shipments[0])


def follow_parcels(now: datetime | None = None) -> int:
    """Ask the carrier where its parcels are, those first that were asked for longest ago.

    Each that can be collected or was delivered is noted once, and its customer told. Returns how
    many were noted. Raises nothing if the carrier does not answer: the next time will do.
    """
    now, carrier = now or timezone.now(), carrier_in_use()
    labels = list(_on_their_way(now))
    if carrier is None or not labels:
        return 0
    try:
        states = carrier.states([label.parcel_id for label in labels])
    except (CarrierUnavailable, CarrierRefused) as why:
        logger.warning("carrier: parcels were not followed: %s", type(why).__name__)
        return 0
    pks = [label.pk for label in labels]
    CarrierLabel.objects.filter(pk__in=pks).update(seen_at=now)
    known = (label for label in labels if label.parcel_id in states)
    return sum(_reported(label, states[label.parcel_id]) for label in known)


def _on_their_way(now: datetime) -> QuerySet[CarrierLabel]:
    labels = CarrierLabel.objects.filter(
        state=LabelState.BOUGHT,
        carrier=settings.LABEL_CARRIER,
        bought_at__gte=now - FOLLOWED,
        shipment__isnull=False,
    )
    gone = {"shipment__parcel__status": FulfillmentStatus.CANCELED}
    waiting = labels.exclude(shipment__state=ShipmentState.DELIVERED).exclude(**gone)
    related = waiting.select_related("order", "shipment")
    return related.order_by(F("seen_at").asc(nulls_first=True), "pk")[:BATCH]


def _reported(label: CarrierLabel, state: ShipmentState) -> bool:
    contract = contract_of(label.order)
    try:
        report_shipments(
            order_id=label.order_id,
            state=state,
            is_collection=bool(contract and contract["choices"].get("point")),
            actor_id=None,
            shipment_id=label.shipment_id,
        )
    except ReportRefused:  # noted before, or it waits at a counter though it goes to an address
        return False
    return True

"""What a policy is told: plain values, nothing that could ask a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.configuration import ShippingSettings

Answer = tuple[bool, str]
YES: Answer = (True, "")


@dataclass(frozen=True)
class Point:
    """A collection point as policies and labels see it."""

    code: str
    carrier: str
    kind: str
    name: str
    lines: tuple[str, ...]
    country: str


@dataclass(frozen=True)
class Situation:
    """A basket with its choices: where it goes (country, method id), the point, and today."""

    choices: Choices
    rules: ShippingSettings
    country: str
    method: int | None
    point: Point | None
    first_name: str
    today: date

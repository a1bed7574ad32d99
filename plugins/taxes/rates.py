"""The rates of a country on a day, the class of a product, and the settings of the shop's VAT."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import Product

from plugins.taxes.calculation import Goods, TaxRules, WithoutRate
from plugins.taxes.models import ZERO, TaxClass, TaxRate, TaxSettings
from product_content.decisions import Refused

PLUGIN_ID: Final = "stillwater.taxes"
RELIEF_COUNTRY: Final = "GB"  # the one country whose relief is known here
_NUMBER = re.compile(r"(?=.*\d.*\d)[A-Z]{0,3}[0-9A-Z]{5,15}", re.ASCII)
_BRITISH = re.compile(r"(?:GB|XI)(\d{9})(?:\d{3})?", re.ASCII)
_BRITISH_OFFICE = re.compile(r"(?:GB|XI)(?:GD|HA)\d{3}", re.ASCII)  # of the state, or of health


class RateRow(NamedTuple):
    """One row of the table of rates."""

    country: str
    tax_class: str
    percent: Decimal
    valid_from: date


@dataclass(frozen=True)
class VatSettings:
    """What the owner has set. Without a VAT number nothing is computed and nothing shown.

    `version` is another one after each change of the rates; "" is for rates never changed here.
    """

    number: str = ""
    without_rate: WithoutRate = "same_price"
    offers_relief: bool = False
    version: str = ""

    @property
    def is_registered(self) -> bool:
        """Whether the shop is registered for VAT."""
        return bool(self.number)


def read_settings(configuration: Iterable[Mapping[str, Any]]) -> VatSettings:
    """Return the settings that Saleor's row of the plugin holds."""
    known = {item["name"]: item["value"] for item in configuration or ()}
    without_rate = "net_price" if known.get("without_rate") == "net_price" else "same_price"
    return VatSettings(
        str(known.get("vat_number") or ""),
        cast("WithoutRate", without_rate),
        known.get("offers_relief") is True,
        str(known.get("version") or ""),
    )


def as_items(found: VatSettings) -> list[dict[str, Any]]:
    """Return the settings as Saleor's row keeps them."""
    return [
        {"name": "vat_number", "value": found.number},
        {"name": "without_rate", "value": found.without_rate},
        {"name": "offers_relief", "value": found.offers_relief},
        {"name": "version", "value": found.version},
    ]


def parse_number(typed: str) -> str:
    """Return a VAT number without spaces, dots and hyphens; "" for none. Raises Refused.

    British ones must have the check digits that HMRC gives; others are not known so well here.
    """
    number = re.sub(r"[\s.-]", "", typed).upper()
    if number and not _NUMBER.fullmatch(number):
        raise Refused(
            "This is no VAT number: write its letters and digits, such as GB 999 9999 73."
        )
    if number.startswith(("GB", "XI")) and not _is_british(number):
        raise Refused("This is no British VAT number: its digits do not fit together.")
    return number


def _is_british(number: str) -> bool:
    """Say whether a number can be: its digits, weighted, are 97 times something, or 55 less."""
    if _BRITISH_OFFICE.fullmatch(number):
        return True
    if not (match := _BRITISH.fullmatch(number)):
        return False
    *digits, tens, ones = map(int, match[1])
    total = sum(digit * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    return (total + 10 * tens + ones) % 97 in {0, 42}


def settings_row() -> TaxSettings:
    """Return the row of the settings, made when it is first needed."""
    return TaxSettings.objects.get_or_create(
        identifier=PLUGIN_ID,
        defaults={"name": "VAT", "active": True, "configuration": as_items(VatSettings())},
    )[0]


@transaction.atomic
def save_settings(*, number: str, without_rate: WithoutRate, offers_relief: bool = False) -> None:
    """Store the settings. Raises Refused for a number that none can be."""
    row = PluginConfiguration.objects.select_for_update().get(pk=settings_row().pk)
    found = VatSettings(parse_number(number), without_rate, offers_relief, str(uuid4()))
    row.configuration, row.active = as_items(found), True
    row.save(update_fields=["configuration", "active"])


def connect() -> None:
    """Listen to changes of rates and classes, whoever makes them."""
    for signal in (post_save, post_delete):
        for model in (TaxRate, TaxClass):
            signal.connect(_rates_changed, model, dispatch_uid=f"tax-{model.__name__}-{id(signal)}")


def _rates_changed(**_more: Any) -> None:
    """Give the settings another version, by which every process reads the rates anew."""
    with transaction.atomic():
        row = PluginConfiguration.objects.select_for_update().filter(identifier=PLUGIN_ID).first()
        if row is not None:
            old = read_settings(row.configuration)
            kept = VatSettings(old.number, old.without_rate, old.offers_relief, str(uuid4()))
            row.configuration = as_items(kept)
            row.save(update_fields=["configuration"])


def rate_rows(version: str = "") -> tuple[RateRow, ...]:
    """Return the table of rates: one query, or none where this version of it is known."""
    return _known_rows(version) if version else _read_rows()


def _read_rows() -> tuple[RateRow, ...]:
    rows = TaxRate.objects.order_by("valid_from")
    return tuple(
        RateRow(str(row.country), row.tax_class_id, row.percent, row.valid_from) for row in rows
    )


_known_rows = lru_cache(maxsize=2)(lambda _version: _read_rows())


def rates_on(rows: Iterable[RateRow], country: str, day: date) -> dict[str, Decimal]:
    """Return the rates of a country on a day, by class; `rows` begin with the oldest."""
    return {
        row.tax_class: row.percent
        for row in rows
        if row.country == country and row.valid_from <= day
    }


def rules_for(found: VatSettings, country: str, *, relief: bool = False) -> TaxRules | None:
    """Return what is charged today on what goes to `country`; None where the shop computes none."""
    if not found.is_registered:
        return None
    rows, day = rate_rows(found.version), timezone.localdate()
    return TaxRules(
        country=country,
        home=rates_on(rows, settings.DEFAULT_COUNTRY, day),
        there=rates_on(rows, country, day),
        without_rate=found.without_rate,
        relief=relief and found.offers_relief and country == RELIEF_COUNTRY,
    )


def goods_of(product: Product | None) -> Goods:
    """Return what decides on a product's tax; one that is gone is of the standard class.

    No query where the product was read with its `tax_facts`.
    """
    if product is None:
        return Goods()
    if not product.charge_taxes:
        return Goods(ZERO)
    facts = getattr(product, "tax_facts", None)
    return Goods(facts.tax_class_id, facts.relief) if facts else Goods()

"""VAT relief for people who are chronically ill or disabled: what a customer declares, sealed.

United Kingdom, Value Added Tax Act 1994, Schedule 8, Group 12; VAT Notice 701/7. The seller keeps
the declaration and shows it to HMRC on demand. It says something of a person's health, so only its
ciphertext is stored: a copy of the database alone does not tell it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.taxes.calculation import Goods
from plugins.taxes.models import ReliefDeclaration
from plugins.taxes.rates import RELIEF_COUNTRY, VatSettings

MAX_CONDITION = 200  # characters
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who is chronically ill or disabled, and with what, in the customer's own words."""

    name: str
    condition: str


def _box() -> MultiFernet:
    """Return what seals by the shop's secret key and opens by former ones too."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    keyed = salted_hmac("stillwater.vat-relief", "key", secret, algorithm="sha256")
    return urlsafe_b64encode(keyed.digest())


def seal(declaration: Declaration) -> str:
    """Return the declaration as ciphertext."""
    return _box().encrypt(json.dumps(asdict(declaration)).encode()).decode()


def unseal(sealed: str) -> Declaration | None:
    """Return the declaration; None where the secret key that sealed it is gone."""
    try:
        return Declaration(**json.loads(_box().decrypt(sealed.encode())))
    except InvalidToken:
        return None


def is_offered(found: VatSettings, country: str, goods: Iterable[Goods]) -> bool:
    """Say whether relief can be asked for: offered, for this country, and for some of the goods."""
    offers = found.is_registered and found.offers_relief and country == RELIEF_COUNTRY
    return offers and any(one.relief for one in goods)


def declare(checkout: Checkout, declaration: Declaration) -> None:
    """Keep what the customer of a locked basket declares, in place of what they said before."""
    values = {"sealed": seal(declaration), "declared_at": timezone.now()}
    ReliefDeclaration.objects.update_or_create(checkout=checkout, defaults=values)


def withdraw(checkout: Checkout) -> None:
    """Forget what the customer of a locked basket declared."""
    ReliefDeclaration.objects.filter(checkout=checkout).delete()


def has_declared(checkout: Checkout) -> bool:
    """Say whether the basket's customer has declared."""
    return bool(ReliefDeclaration.objects.filter(checkout=checkout).exists())


def keep_with_order(order: Order) -> None:
    """Copy the declaration of the basket that an order is made of to the order."""
    known = ReliefDeclaration.objects.filter(checkout_id=order.checkout_token).first()
    if known is not None:
        values = {"sealed": known.sealed, "declared_at": known.declared_at}
        ReliefDeclaration.objects.update_or_create(order=order, defaults=values)


def declaration_of(order: Order) -> tuple[Declaration | None, Any] | None:
    """Return what was declared for an order, and when; None for an order without relief.

    The caller has checked that this person may read it, and records it.
    """
    known = ReliefDeclaration.objects.filter(order=order).first()
    return (unseal(known.sealed), known.declared_at) if known else None


def erase(order: Order) -> None:
    """Delete what was declared for an order."""
    ReliefDeclaration.objects.filter(order=order).delete()

"""The Stripe sandbox of `make run`: where it listens, and the test keys both sides share."""

from __future__ import annotations

import os
from dataclasses import dataclass

from saleor_config.embedded.places import Places
from saleor_config.embedded.ports import LOOPBACK, usual_or_free

_OFFSET = 26  # next to the inbox's page


@dataclass(frozen=True)
class Till:
    """A sandbox to be started: the shop cannot tell it from Stripe but for its address."""

    port: int
    key: str
    webhook_secret: str

    @property
    def address(self) -> str:
        """Where browsers and the shop find it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What the shop and the sandbox read from the environment."""
        return {
            "STRIPE_API_KEY": self.key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_API_BASE": self.address,
        }


def choose(places: Places, shop_port: int) -> Till | None:
    """Return the sandbox to start, or None where the environment names a key of Stripe's."""
    if os.environ.get("STRIPE_API_KEY"):
        return None
    # all the same at each start: a payment page opened before it can still be paid
    key, secret = places.secret("stripe-key"), places.secret("stripe-webhook-secret")
    return Till(usual_or_free(shop_port + _OFFSET), f"sk_test_{key}", f"whsec_{secret}")

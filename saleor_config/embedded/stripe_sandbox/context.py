"""What an endpoint knows about the request it serves."""

from __future__ import annotations

from dataclasses import dataclass

from saleor_config.embedded.stripe_sandbox.store import Store


@dataclass(frozen=True)
class Context:
    """The store, the sandbox's own address, and the request's ids."""

    store: Store
    origin: str
    request_id: str
    idempotency_key: str = ""

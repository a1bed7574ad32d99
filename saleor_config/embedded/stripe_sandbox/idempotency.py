"""Idempotency keys as Stripe keeps them (https://docs.stripe.com/api/idempotent_requests).

The first answer of a key is given again, an error 500 too; other parameters under the same key
are refused; a request that failed its validation leaves the key free.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from saleor_config.embedded.stripe_sandbox import errors
from saleor_config.embedded.stripe_sandbox.store import Store


@dataclass(frozen=True)
class Answer:
    """An answer as it goes out: status and JSON text.

    `kept`: every later request with the key gets it again. `first` is the request that it was
    made for, when this is such a later one.
    """

    status: int
    body: str
    kept: bool = False
    first: str = ""


def fingerprint(method: str, path: str, body: str) -> str:
    """Return a mark of what was asked."""
    return hashlib.sha256(f"{method} {path}\n{body}".encode()).hexdigest()


def begin(store: Store, *, key: str, asked: str, request: str) -> Answer | None:
    """Claim the key; return the earlier answer if there is one, or refuse."""
    with store.transaction():
        rows = store.run("SELECT * FROM answers WHERE key = ?", key)
        if not rows:
            store.run("INSERT INTO answers VALUES (?, ?, ?, NULL, NULL)", key, asked, request)
            return None
    row = rows[0]
    if row["asked"] != asked:
        raise errors.key_reused(key)
    if row["status"] is None:
        raise errors.key_in_use(key)
    return Answer(row["status"], row["body"], kept=True, first=row["request"])


def keep(store: Store, *, key: str, answer: Answer) -> Answer:
    """Keep the answer for every later request with this key."""
    sql = "UPDATE answers SET status = ?, body = ? WHERE key = ?"
    store.run(sql, answer.status, answer.body, key)
    return replace(answer, kept=True)


def forget(store: Store, *, key: str) -> None:
    """Free the key: nothing had begun to run."""
    store.run("DELETE FROM answers WHERE key = ? AND status IS NULL", key)

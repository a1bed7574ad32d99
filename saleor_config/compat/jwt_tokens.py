"""PyJWT 1's ``encode()`` and ``decode()``.

Changed in PyJWT 2.0: "``jwt.encode(...)`` returns ``str`` instead of ``bytes``", "``algorithms``
is now required in ``jwt.decode(...)``" and "dropped deprecated ``verify`` param".

Saleor: ``account/utils.py:create_jwt_token`` calls ``.decode()`` on the token; code written for
it decodes without naming algorithms. Without ``algorithms`` only HMAC-SHA-256, the one that
Saleor signs with, is accepted, never "any" as in PyJWT 1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported

SALEOR_ALGORITHMS = ("HS256",)


class Token(str):
    """A JWT as text that can still be asked to become text."""

    __slots__ = ()

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the token; PyJWT 1 returned bytes here."""
        return str(self)


def _encode_to_token(encode: Callable[..., str]) -> Callable[..., Token]:
    @functools.wraps(encode)
    def wrapper(*args: Any, **kwargs: Any) -> Token:
        return Token(encode(*args, **kwargs))

    return wrapper


def _decode_with_default_algorithms(decode: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(decode)
    def wrapper(
        jwt: str | bytes, key: Any = "", algorithms: Any = None, options: Any = None, **kwargs: Any
    ) -> Any:
        if kwargs.pop("verify", None) is False:
            options = {**(options or {}), "verify_signature": False}
        if algorithms is None and (options or {}).get("verify_signature", True):
            algorithms = SALEOR_ALGORITHMS
        return decode(jwt, key, algorithms, options, **kwargs)

    return wrapper


def _accept_old_calls(jwt: ModuleType) -> None:
    if not hasattr(jwt.encode, "__wrapped__"):
        jwt.encode = _encode_to_token(jwt.encode)  # type: ignore[attr-defined]
        jwt.decode = _decode_with_default_algorithms(jwt.decode)  # type: ignore[attr-defined]


def install() -> None:
    """Let ``jwt.encode()`` and ``jwt.decode()`` take and give what PyJWT 1 did."""
    when_imported("jwt", _accept_old_calls)

"""A WSGI request whose ``wsgi.input`` is ``bytes``.

Changed in Django 4.2 (``LimitedStream`` became an ``io.RawIOBase`` that takes ``stream.read`` at
once): until then the stream was not touched before somebody read the body.

Saleor: ``wsgi/__init__.py`` warms the application up with ``"wsgi.input": b""``, so without this
``saleor.wsgi`` cannot be imported.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported


def _wrap_bytes(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def wrapper(self: Any, stream: Any, limit: int) -> None:
        init(self, io.BytesIO(stream) if isinstance(stream, bytes) else stream, limit)

    return wrapper


def _accept_bytes(wsgi: ModuleType) -> None:
    init = wsgi.LimitedStream.__init__
    if not hasattr(init, "__wrapped__"):
        wsgi.LimitedStream.__init__ = _wrap_bytes(init)


def install() -> None:
    """Let a WSGI request's body be given as bytes."""
    when_imported("django.core.handlers.wsgi", _accept_bytes)

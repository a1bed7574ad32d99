"""Saleor's plugins manager, reading its configuration once per service call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from saleor.plugins.manager import PluginsManager

_configurations: ContextVar[dict[str, Any] | None] = ContextVar("configurations", default=None)


@contextmanager
def one_configuration() -> Iterator[None]:
    """Inside, plugin configurations are read from the database once.

    Saleor makes a new manager, and reads every configuration, about ten times per order.
    Outside nothing is kept, so a change by staff counts from the next call on.
    """
    token = _configurations.set({})
    try:
        yield
    finally:
        _configurations.reset(token)


class OrderingPluginsManager(PluginsManager):
    """The manager for settings.PLUGINS_MANAGER."""

    def _get_all_plugin_configs(self) -> dict[str, Any]:
        known = _configurations.get()
        if known is None:
            return super()._get_all_plugin_configs()
        if "read" not in known:
            known["read"] = super()._get_all_plugin_configs()
        return known["read"]

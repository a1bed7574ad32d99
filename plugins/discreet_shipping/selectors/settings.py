"""The settings that staff saved, read through Saleor's plugins manager."""

from __future__ import annotations

from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration

from plugins.discreet_shipping.configuration import (
    ShippingSettings,
    as_items,
    default_fields,
    read_settings,
)
from plugins.discreet_shipping.plugin import DiscreetShippingPlugin


def current_settings() -> ShippingSettings:
    """Return the settings in force; without the plugin, nothing is on offer."""
    for plugin in get_plugins_manager().plugins:
        if isinstance(plugin, DiscreetShippingPlugin):
            return plugin.rules
    return read_settings({}, active=False)


def settings_row() -> PluginConfiguration:
    """Return Saleor's row of the settings; made with the defaults when staff first look."""
    plugin = DiscreetShippingPlugin
    return PluginConfiguration.objects.get_or_create(
        identifier=plugin.PLUGIN_ID,
        defaults={
            "name": plugin.PLUGIN_NAME,
            "description": plugin.PLUGIN_DESCRIPTION,
            "configuration": as_items(default_fields()),
        },
    )[0]

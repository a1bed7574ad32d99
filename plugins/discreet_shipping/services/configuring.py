"""Saving what staff set."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from saleor.plugins.models import PluginConfiguration

from plugins.discreet_shipping.configuration import as_items, default_fields
from plugins.discreet_shipping.plugin import DiscreetShippingPlugin as Plugin


@transaction.atomic
def save_settings(*, values: Mapping[str, str], active: bool) -> None:
    """Store the configuration as Saleor does; raise Django's ValidationError, per field."""
    row, _created = PluginConfiguration.objects.get_or_create(
        identifier=Plugin.PLUGIN_ID,
        defaults={
            "name": Plugin.PLUGIN_NAME,
            "description": Plugin.PLUGIN_DESCRIPTION,
            "configuration": as_items(default_fields()),
        },
    )
    row.configuration = as_items({**default_fields(), **values})
    Plugin.save_plugin_configuration(row, {"configuration": [], "active": active})

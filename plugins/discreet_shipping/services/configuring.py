"""Saving what staff set."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from plugins.discreet_shipping.configuration import as_items, default_fields
from plugins.discreet_shipping.plugin import DiscreetShippingPlugin as Plugin
from plugins.discreet_shipping.selectors.settings import settings_row


@transaction.atomic
def save_settings(*, values: Mapping[str, str], active: bool) -> None:
    """Store the configuration as Saleor does; raise Django's ValidationError, per field."""
    row = settings_row()
    row.configuration = as_items({**default_fields(), **values})
    Plugin.save_plugin_configuration(row, {"configuration": [], "active": active})

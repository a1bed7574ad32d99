"""Writing choices, contracts, collection points and packing."""

from plugins.discreet_shipping.services.changing import change_choices
from plugins.discreet_shipping.services.choosing import set_choices
from plugins.discreet_shipping.services.configuring import save_settings
from plugins.discreet_shipping.services.contracts import fix_contract
from plugins.discreet_shipping.services.moving import change_address
from plugins.discreet_shipping.services.packing import note_label, start_packing, stop_packing
from plugins.discreet_shipping.services.points import import_points, import_postcodes
from plugins.discreet_shipping.services.remembering import (
    forget_choices,
    remember_choices,
    remembered_choices,
)
from plugins.discreet_shipping.services.shipped import load_demo_points, load_postcodes

__all__ = [
    "change_address",
    "change_choices",
    "fix_contract",
    "forget_choices",
    "import_points",
    "import_postcodes",
    "load_demo_points",
    "load_postcodes",
    "note_label",
    "remember_choices",
    "remembered_choices",
    "save_settings",
    "set_choices",
    "start_packing",
    "stop_packing",
]

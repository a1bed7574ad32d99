"""Reading settings, choices, situations and contracts."""

from plugins.discreet_shipping.selectors.contracts import contract_of, preview_contract
from plugins.discreet_shipping.selectors.points import find_point, points_near
from plugins.discreet_shipping.selectors.settings import current_settings
from plugins.discreet_shipping.selectors.stored import choices_of, problems_of, situation_of

__all__ = [
    "choices_of",
    "contract_of",
    "current_settings",
    "find_point",
    "points_near",
    "preview_contract",
    "problems_of",
    "situation_of",
]

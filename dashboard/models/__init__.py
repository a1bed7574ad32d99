"""Tables of the dashboard, and Saleor's user seen as a customer or as a member of staff."""

from dashboard.models.access import AccessRecord
from dashboard.models.goods import MaskedGiftCard, StockItem
from dashboard.models.packing import PackingJob
from dashboard.models.people import Customer, StaffMember
from dashboard.models.recovery import RecoveryCodes
from dashboard.models.views import SavedView

__all__ = [
    "AccessRecord",
    "Customer",
    "MaskedGiftCard",
    "PackingJob",
    "RecoveryCodes",
    "SavedView",
    "StaffMember",
    "StockItem",
]

"""Tables of the dashboard, and Saleor's user seen as a customer or as a member of staff."""

from dashboard.models.goods import MaskedGiftCard, StockItem
from dashboard.models.people import Customer, StaffMember

__all__ = ["Customer", "MaskedGiftCard", "StaffMember", "StockItem"]

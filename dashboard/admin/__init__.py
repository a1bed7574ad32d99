"""Admin classes, a folder per area; importing this package registers all of them."""

from dashboard.admin.catalogue.admin import ProductAdmin, SizeAdmin, VariantAdmin
from dashboard.admin.content.admin import GuideAdmin
from dashboard.admin.emails.admin import EmailAdmin
from dashboard.admin.emails.texts import EmailTextAdmin
from dashboard.admin.orders.admin import OrderAdmin, OrderLimitsAdmin
from dashboard.admin.orders.payments import (
    DeadEventAdmin,
    RefusedWebhookAdmin,
    UnmatchedPaymentAdmin,
)
from dashboard.admin.people.access_log import AccessRecordAdmin, ErrorReportAdmin, LogEntryAdmin
from dashboard.admin.people.customers import CustomerAdmin
from dashboard.admin.people.staff import GroupAdmin, StaffAdmin
from dashboard.admin.selling.discreet_shipping import (
    CollectionPointAdmin,
    DiscreetShippingAdmin,
)
from dashboard.admin.selling.gift_cards import GiftCardAdmin
from dashboard.admin.selling.shipping import ShippingZoneAdmin
from dashboard.admin.selling.vouchers import VoucherAdmin
from dashboard.admin.stock.admin import StockAdmin, WarehouseAdmin
from dashboard.admin.stock.ledger import LedgerCheckAdmin, StockEntryAdmin

__all__ = [
    "AccessRecordAdmin",
    "CollectionPointAdmin",
    "CustomerAdmin",
    "DeadEventAdmin",
    "DiscreetShippingAdmin",
    "EmailAdmin",
    "EmailTextAdmin",
    "ErrorReportAdmin",
    "GiftCardAdmin",
    "GroupAdmin",
    "GuideAdmin",
    "LedgerCheckAdmin",
    "LogEntryAdmin",
    "OrderAdmin",
    "OrderLimitsAdmin",
    "ProductAdmin",
    "RefusedWebhookAdmin",
    "ShippingZoneAdmin",
    "SizeAdmin",
    "StaffAdmin",
    "StockAdmin",
    "StockEntryAdmin",
    "UnmatchedPaymentAdmin",
    "VariantAdmin",
    "VoucherAdmin",
    "WarehouseAdmin",
]

"""Admin classes, a folder per area; importing this package registers all of them."""

from dashboard.admin.catalogue.admin import ProductAdmin, SizeAdmin, VariantAdmin
from dashboard.admin.content.admin import GuideAdmin
from dashboard.admin.content.pages import NewsItemAdmin, PageTextAdmin
from dashboard.admin.content.reviews import ReviewAdmin
from dashboard.admin.emails.admin import AnswerTemplateAdmin, CustomerMessageAdmin, EmailAdmin
from dashboard.admin.emails.texts import EmailTextAdmin
from dashboard.admin.orders.admin import OrderAdmin, OrderLimitsAdmin
from dashboard.admin.orders.inlines import (
    DeadEventAdmin,
    RefusedWebhookAdmin,
    UnmatchedPaymentAdmin,
)
from dashboard.admin.people.customers import (
    AccessRecordAdmin,
    CustomerAdmin,
    ErrorReportAdmin,
    LogEntryAdmin,
)
from dashboard.admin.people.staff import GroupAdmin, StaffAdmin
from dashboard.admin.selling.discreet_shipping import CollectionPointAdmin, DiscreetShippingAdmin
from dashboard.admin.selling.prices import PriceChangeAdmin, SaleAdmin
from dashboard.admin.selling.promo_codes import GiftCardAdmin, VoucherAdmin
from dashboard.admin.selling.shipping import ShippingZoneAdmin
from dashboard.admin.selling.shop import (
    ShopSettingsAdmin,
    TaxClassAdmin,
    TaxRateAdmin,
    TaxSettingsAdmin,
)
from dashboard.admin.stock.admin import (
    LedgerCheckAdmin,
    StockAdmin,
    StockEntryAdmin,
    WarehouseAdmin,
)
from dashboard.admin.stock.purchasing import PurchaseOrderAdmin, SupplierAdmin

__all__ = [
    "AccessRecordAdmin",
    "AnswerTemplateAdmin",
    "CollectionPointAdmin",
    "CustomerAdmin",
    "CustomerMessageAdmin",
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
    "NewsItemAdmin",
    "OrderAdmin",
    "OrderLimitsAdmin",
    "PageTextAdmin",
    "PriceChangeAdmin",
    "ProductAdmin",
    "PurchaseOrderAdmin",
    "RefusedWebhookAdmin",
    "ReviewAdmin",
    "SaleAdmin",
    "ShippingZoneAdmin",
    "ShopSettingsAdmin",
    "SizeAdmin",
    "StaffAdmin",
    "StockAdmin",
    "StockEntryAdmin",
    "SupplierAdmin",
    "TaxClassAdmin",
    "TaxRateAdmin",
    "TaxSettingsAdmin",
    "UnmatchedPaymentAdmin",
    "VariantAdmin",
    "VoucherAdmin",
    "WarehouseAdmin",
]

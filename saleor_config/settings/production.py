"""Live shop: refuses to start half configured."""

from saleor_config.settings.env import given, read, refusal, refuse

if _reason := refusal(given()):
    refuse(_reason)

from saleor_config.logs import logging_config
from saleor_config.settings.base import *  # noqa: F403  only once nothing speaks against it
from saleor_config.settings.base import TRUSTED_PROXY_COUNT
from saleor_config.settings.build import STORAGES  # noqa: F401  a setting

PRODUCTION = True
LOGGING = logging_config(read("LOG_LEVEL"), form="json")
DEMO_GOODS_ARE_SOLD = False
PAYMENT_PROVIDER = "plugins.stripe_payments.provider.StripePayments"
SESSION_COOKIE_NAME = "__Host-sid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-form"
CSRF_COOKIE_SECURE = True
BASKET_COOKIE_NAME = "__Host-basket"
BASKET_COOKIE_SECURE = True
ORDERS_COOKIE_NAME = "__Host-orders"
ORDERS_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = read("HSTS_SECONDS")
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = read("HSTS_PRELOAD")
# Django's checks ask for both always; here they are an owner's own decision (HSTS_PRELOAD).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if TRUSTED_PROXY_COUNT:
    TRUSTED_REQUEST_IDS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

"""Live shop: refuses to start half configured."""

from urllib.parse import urlsplit

from saleor_config.settings.env import VARIABLES, missing_in_production, read, refuse

for _variable in missing_in_production():
    refuse(f"{_variable.name} is not set. {_variable.help}")

from saleor_config.settings.base import *  # noqa: F403  only once the above holds
from saleor_config.settings.base import (
    PUBLIC_URL,
    SECRET_KEY,
    STORAGES,
)

PRODUCTION = True
_KEY_LENGTH, _KEY_VARIETY = 50, 5  # what `manage.py check --deploy` asks for
if read("DEBUG"):
    refuse("DEBUG is on. Unset it: debug pages show settings and customers' data.")
if len(SECRET_KEY) < _KEY_LENGTH or len(set(SECRET_KEY)) < _KEY_VARIETY:
    refuse(f"SECRET_KEY is too weak. {VARIABLES['SECRET_KEY'].help}")
if urlsplit(PUBLIC_URL).scheme != "https":
    refuse("PUBLIC_URL must begin with https://.")
if read("STRIPE_API_BASE") != VARIABLES["STRIPE_API_BASE"].default:
    refuse("STRIPE_API_BASE points to a sandbox. Unset it in production.")
PAYMENT_PROVIDER = "plugins.stripe_payments.provider.StripePayments"
_EMBEDDED_MARK = "stillwater_embedded"  # the name `make run` gives its own services
if _EMBEDDED_MARK in read("DATABASE_URL") or _EMBEDDED_MARK in read("REDIS_URL"):
    refuse("DATABASE_URL or REDIS_URL is an embedded service of `make run`. Use real servers.")

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
}
SESSION_COOKIE_NAME = "__Host-sid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-form"
CSRF_COOKIE_SECURE = True
BASKET_COOKIE_NAME = "__Host-basket"
BASKET_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked inside the cluster, over http
SECURE_HSTS_SECONDS = read("HSTS_SECONDS")
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if read("TRUSTED_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_IPWARE_PROXY_COUNT = 1
    AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR"]

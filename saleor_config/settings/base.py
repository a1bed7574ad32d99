"""What holds in every environment.

Saleor's own settings module is not imported: it turns on a gateway that takes no money,
tokens that never expire, CORS for everyone and analytics (docs/adr/0001).
"""

from __future__ import annotations

from pathlib import Path

import dj_database_url
import dj_email_url
from babel.numbers import get_currency_precision
from django_guid.integrations import CeleryIntegration

from saleor_config.logs import logging_config
from saleor_config.settings.env import read, refuse
from saleor_config.settings.tasks import *  # noqa: F403  settings of Celery
from saleor_config.settings.unfold import UNFOLD  # noqa: F401  a setting

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(read("VAR_DIR") or BASE_DIR / "var")

PRODUCTION = False
# Whether goods whose maker's papers are missing may be bought: they are for trying the shop.
DEMO_GOODS_ARE_SOLD = True
DEBUG = False
SECRET_KEY = read("SECRET_KEY")
ALLOWED_HOSTS = read("ALLOWED_HOSTS")
PORT = read("PORT")
PUBLIC_URL = (read("PUBLIC_URL") or f"http://127.0.0.1:{PORT}").rstrip("/")
SHOP_NAME = read("SHOP_NAME")
QUICK_EXIT_URL = read("QUICK_EXIT_URL")
_EXIT = "/".join(QUICK_EXIT_URL.split("/")[:3])  # browsers check the form's redirect to it too
SITE_ID = 1

ROOT_URLCONF = "saleor_config.urls"
WSGI_APPLICATION = "saleor_config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"  # what Saleor's migrations were made with

# --- apps --------------------------------------------------------------------------
OUR_APPS = [
    "product_content",
    "plugins.inventory",
    "plugins.taxes",
    "plugins.ordering",
    "plugins.fulfilment",
    "plugins.discreet_shipping",
    "plugins.order_emails",
    "plugins.stripe_payments",
    "storefront",
    "dashboard",
]
SALEOR_APPS = [
    "saleor.plugins",
    "saleor.account",
    "saleor.discount",
    "saleor.giftcard",
    "saleor.product",
    "saleor.checkout",
    "saleor.core",
    "saleor.menu",
    "saleor.order",
    "saleor.seo",
    "saleor.shipping",
    "saleor.search",
    "saleor.site",
    "saleor.data_feeds",
    "saleor.page",
    "saleor.payment",
    "saleor.warehouse",
    "saleor.webhook",
    "saleor.wishlist",
    "saleor.app",
]
SALEOR_LIBRARIES = [
    "versatileimagefield",
    "django_measurement",
    "django_prices",
    "django_prices_openexchangerates",
    "django_prices_vatlayer",
    "mptt",
    "django_countries",
    "django_filters",
    "phonenumber_field",
]
INSTALLED_APPS = [
    "saleor_config",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    # It looks for no admin classes: `dashboard.urls` imports ours, so that workers, the clock and
    # commands, which show no pages, start without them in two thirds of the time.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "django.forms",
    *SALEOR_APPS,
    *SALEOR_LIBRARIES,
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_guid",
    "django_htmx",
    "import_export",
    *OUR_APPS,
]

MIDDLEWARE = [
    "saleor_config.views.answer_health",
    "saleor_config.edge.keep_errors_private",
    "saleor_config.metrics.answer_metrics",
    "saleor_config.edge.keep_trusted_id",
    "django_guid.middleware.guid_middleware",
    "saleor_config.metrics.Watch",
    "storefront.page_cache.PageCache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "storefront.middleware.activate_language_of_path",
    "storefront.middleware.name_failures_in_titles",
    "saleor_config.edge.RefuseUnreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.middleware.end_long_sessions",
    "dashboard.middleware.stock_actor_middleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Only what stands in place of a template of Unfold's; the apps' own come after it.
        "DIRS": [BASE_DIR / "dashboard" / "unfold_templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.middleware.shop",
            ],
        },
    }
]

# --- data --------------------------------------------------------------------------
DATABASE_POOLED = read("DATABASE_POOLED")
DATABASES = {
    "default": dj_database_url.parse(
        read("DATABASE_URL") or "postgres://postgres@127.0.0.1:1/not-started",
        conn_max_age=600,
        conn_health_checks=True,
        disable_server_side_cursors=DATABASE_POOLED,
    )
}
REDIS_URL = read("REDIS_URL")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
# Public pages are kept in each process (storefront.page_cache): how much memory of it they may
# take, and how often it looks whether something has changed. After a second nothing is stale.
PAGE_CACHE_BYTES = 16 * 1024 * 1024
PAGE_CHECK_SECONDS = 0.25

# --- files -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"
STATIC_COMPRESSION = 5  # Brotli's quality
MEDIA_URL = read("MEDIA_URL")
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- language, money, place --------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "product_content/data/locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = read("TIME_ZONE")
DEFAULT_COUNTRY = read("DEFAULT_COUNTRY")
ORDER_KEEP_YEARS = read("ORDER_KEEP_YEARS")
DEFAULT_CURRENCY = read("DEFAULT_CURRENCY")
DEFAULT_DECIMAL_PLACES = min(get_currency_precision(DEFAULT_CURRENCY), 2)  # of price fields
DEFAULT_MAX_DIGITS = 12
DEFAULT_CURRENCY_CODE_LENGTH = 3
COUNTRIES_OVERRIDE = {"EU": "European Union"}
OPENEXCHANGERATES_API_KEY = ""

# --- people ------------------------------------------------------------------------
AUTH_USER_MODEL = "account.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",  # Saleor's JWT backend is left out
    "storefront.backends.CustomerBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 60 * 60  # of every link into an account, in seconds
LOGIN_URL = "/staff/login/"
LOGIN_REDIRECT_URL = "/staff/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_HANDLER = "storefront.backends.LogInLimits"
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "saleor_config.edge.attempted_name"
AXES_LOCKOUT_CALLABLE = "saleor_config.edge.locked_out"
AXES_CLIENT_IP_CALLABLE = "saleor_config.client_address.client_address"
TRUSTED_PROXY_COUNT = read("TRUSTED_PROXY_COUNT")

OTP_TOTP_ISSUER = f"{SHOP_NAME} staff"  # the name in people's authenticator apps
STAFF_IDLE_MINUTES = read("STAFF_IDLE_MINUTES")
STAFF_MAX_HOURS = read("STAFF_MAX_HOURS")

# --- cookies and headers -----------------------------------------------------------
SESSION_COOKIE_NAME = "sid"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "saleor_config.edge.csrf_failure"
CSRF_COOKIE_AGE = None  # gone with the browser session, not kept for a year
BASKET_COOKIE_NAME = "basket"
BASKET_COOKIE_SECURE = False
ORDERS_COOKIE_NAME = "orders"
ORDERS_COOKIE_SECURE = False
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# same-origin, not no-referrer: that would send `Origin: null` and Django refuses the form
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", "https://checkout.stripe.com", _EXIT],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
_FEATURES = """
    accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment
    publickey-credentials-get screen-wake-lock usb xr-spatial-tracking
"""
PERMISSIONS_POLICY: dict[str, list[str]] = {feature: [] for feature in _FEATURES.split()}

CELERY_BROKER_URL = REDIS_URL  # the rest is in settings/tasks.py

# --- Saleor: what its code asks for -------------------------------------------------
PLUGINS_MANAGER = "plugins.ordering.saleor_patches.OrderingPluginsManager"
PLUGINS = [
    "plugins.discreet_shipping.plugin.DiscreetShippingPlugin",
    "plugins.order_emails.plugin.OrderEmailsPlugin",
    "plugins.taxes.plugin.TaxesPlugin",  # last: it taxes what the others add
]
MAX_CHECKOUT_LINE_QUANTITY = 20
SEARCH_BACKEND = "saleor.search.backends.postgresql"
# Saleor's first migration of menus makes these two.
DEFAULT_MENUS = {"top_menu_name": "navbar", "bottom_menu_name": "footer"}
DEFAULT_MAX_EMAIL_DISPLAY_NAME_LENGTH = 78
VERSATILEIMAGEFIELD_SETTINGS = {"create_images_on_demand": False}
VERSATILEIMAGEFIELD_RENDITION_KEY_SETS = {  # Saleor's template tags and tasks read these names
    "products": [
        ("product_gallery", "thumbnail__540x540"),
        ("product_small", "thumbnail__60x60"),
        ("product_list", "thumbnail__255x255"),
    ],
    "background_images": [("header_image", "thumbnail__1080x440")],
    "user_avatars": [("default", "thumbnail__445x445")],
}
PLACEHOLDER_IMAGES: dict[int, str] = {}
DEFAULT_PLACEHOLDER = ""
ENABLE_SSL = PUBLIC_URL.startswith("https://")  # the scheme of Saleor's absolute links
ALLOWED_CLIENT_HOSTS = ALLOWED_HOSTS

# --- our plugins -------------------------------------------------------------------
# Dotted path of the class that takes payments (plugins.ordering.payment_provider.PaymentProvider).
PAYMENT_PROVIDER = ""
LABEL_CARRIER = read("LABEL_CARRIER")
SENDCLOUD_PUBLIC_KEY = read("SENDCLOUD_PUBLIC_KEY")
SENDCLOUD_SECRET_KEY = read("SENDCLOUD_SECRET_KEY")
SENDCLOUD_SENDER_ID = read("SENDCLOUD_SENDER_ID")
STRIPE_API_KEY = read("STRIPE_API_KEY")
STRIPE_WEBHOOK_SECRET = read("STRIPE_WEBHOOK_SECRET")
STRIPE_API_BASE = read("STRIPE_API_BASE").rstrip("/")
STRIPE_STATEMENT_PREFIX = read("STRIPE_STATEMENT_PREFIX")
STRIPE_STATEMENT_SUFFIX = read("STRIPE_STATEMENT_SUFFIX")
STRIPE_PAYMENT_METHODS = read("STRIPE_PAYMENT_METHODS")
REFUND_FIRST_TO = read("REFUND_FIRST_TO")
if REFUND_FIRST_TO not in {"payment", "gift_card"}:
    refuse("REFUND_FIRST_TO must be payment or gift_card.")
# Stripe's shortest Checkout Session is 30 minutes. It ends a minute before the reservation, and
# two more are for clocks that differ and for a slow first request.
RESERVATION_MINUTES = 33
# What one visitor may hold unpaid; off only where one machine plays all of them (`make storm`).
LIMIT_HOLDS = True
# Days in which a customer may send something back without a reason. 14 is the least that the law
# of the United Kingdom and of the European Union allows; see plugins/fulfilment/returns.py.
RETURN_DAYS = 14

# --- e-mail ------------------------------------------------------------------------
_email = dj_email_url.parse(read("EMAIL_URL") or "smtp://127.0.0.1:1")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = read("DEFAULT_FROM_EMAIL")
STAFF_EMAILS = read("STAFF_EMAILS")

# --- logs: never a product, an address or an e-mail; ids only (saleor_config.logs) ---
LOGGING = logging_config(read("LOG_LEVEL"))

# --- what went wrong: request ids, reports, figures ---------------------------------
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],  # the header goes along with a task
}
TRUSTED_REQUEST_IDS = False  # whether the proxy makes them; from anybody else they are not taken
KEEP_REPORTS = True  # for staff (saleor_config.reports)
SENTRY_DSN = read("SENTRY_DSN")
SLOW_REQUEST_MS = read("SLOW_REQUEST_MS")
METRICS_TOKEN = read("METRICS_TOKEN")

"""What holds in every environment.

Saleor's own settings module is not imported: it turns on a gateway that takes no money,
tokens that never expire, CORS for everyone and analytics (docs/adr/0001).
"""

from __future__ import annotations

from pathlib import Path

import dj_database_url
import dj_email_url
from django_guid.integrations import CeleryIntegration
from django_prices.utils.formatting import get_currency_fraction
from kombu import Queue

from saleor_config.logs import logging_config
from saleor_config.settings.env import read, refuse
from saleor_config.settings.saleor import *  # noqa: F403  settings of one kind
from saleor_config.settings.saleor import SALEOR_APPS, SALEOR_LIBRARIES
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
SITE_ID = 1

ROOT_URLCONF = "saleor_config.urls"
WSGI_APPLICATION = "saleor_config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"  # what Saleor's migrations were made with

# --- apps --------------------------------------------------------------------------
OUR_APPS = [
    "product_content",
    "plugins.inventory",
    "plugins.ordering",
    "plugins.fulfilment",
    "plugins.discreet_shipping",
    "plugins.order_emails",
    "plugins.stripe_payments",
    "storefront",
    "dashboard",
]
INSTALLED_APPS = [
    "saleor_config",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "storefront.middleware.activate_language_of_path",
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
DATABASES = {
    "default": dj_database_url.parse(
        read("DATABASE_URL") or "postgres://postgres@127.0.0.1:1/not-started",
        conn_max_age=600,
        conn_health_checks=True,
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

# --- files -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"
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
DEFAULT_CURRENCY = read("DEFAULT_CURRENCY")
DEFAULT_DECIMAL_PLACES = get_currency_fraction(DEFAULT_CURRENCY)
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
        "form-action": ["'self'", "https://checkout.stripe.com", "https://www.bbc.co.uk"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
_FEATURES = """
    accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment
    publickey-credentials-get screen-wake-lock usb xr-spatial-tracking
"""
PERMISSIONS_POLICY: dict[str, list[str]] = {feature: [] for feature in _FEATURES.split()}

# --- Celery ------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a killed worker's task is delivered again
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must not keep a customer waiting; beat picks up what was left behind.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,  # of connecting, with the pause that follows; kombu's own take 6 s
    "interval_start": 0.2,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
# Ten thousand e-mails must not delay a payment, so each kind waits in a queue of its own. A worker
# without --queues serves all of them in turn; a live shop has one for payments alone.
PAYMENTS, EMAILS, OTHERS = "payments", "emails", "celery"
CELERY_TASK_DEFAULT_QUEUE = OTHERS
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in (PAYMENTS, EMAILS, OTHERS)]
CELERY_TASK_ROUTES = {
    "plugins.stripe_payments.tasks.process_event": {"queue": PAYMENTS},
    "plugins.stripe_payments.tasks.process_waiting_events": {"queue": PAYMENTS},
    "plugins.stripe_payments.tasks.reconcile": {"queue": PAYMENTS},
    "plugins.ordering.tasks.perform_refund": {"queue": PAYMENTS},
    "plugins.ordering.tasks.perform_waiting_refunds": {"queue": PAYMENTS},
    "plugins.ordering.tasks.release_unpaid_orders": {"queue": PAYMENTS},
    "plugins.order_emails.tasks.send_email": {"queue": EMAILS},
    "plugins.order_emails.tasks.send_waiting_emails": {"queue": EMAILS},
    "plugins.order_emails.tasks.remind_of_payment": {"queue": EMAILS},
}
CELERY_BEAT_SCHEDULE = {
    "send-low-stock-alerts": {
        "task": "plugins.inventory.tasks.send_low_stock_alerts",
        "schedule": 300.0,
    },
    "send-back-in-stock-alerts": {
        "task": "plugins.inventory.tasks.send_back_in_stock_alerts",
        "schedule": 300.0,
    },
    "check-stock-ledger": {
        "task": "plugins.inventory.tasks.check_ledger",
        "schedule": 600.0,
    },
    "release-unpaid-orders": {
        "task": "plugins.ordering.tasks.release_unpaid_orders",
        "schedule": 60.0,
    },
    # Orders that end free pieces for those that lack some; a count is looked at at once.
    "review-shortages": {
        "task": "plugins.ordering.tasks.review_shortages",
        "schedule": 300.0,
    },
    # What plugins/ordering/retention.py promises. Once an hour, since beat's clock begins anew
    # with each start: a day's pause might never end in a shop that is deployed daily.
    **{
        name: {"task": task, "schedule": 3600.0}
        for name, task in (
            ("erase-old-baskets", "plugins.ordering.tasks.erase_old_baskets"),
            ("anonymise-old-orders", "plugins.ordering.tasks.anonymise_old_orders"),
            ("delete-old-emails", "plugins.order_emails.tasks.delete_old_emails"),
            ("delete-old-events", "plugins.stripe_payments.tasks.delete_old_events"),
        )
    },
    "delete-old-traces": {"task": "dashboard.tasks.delete_old_traces", "schedule": 3600.0},
    "perform-waiting-refunds": {
        "task": "plugins.ordering.tasks.perform_waiting_refunds",
        "schedule": 60.0,
    },
    "process-waiting-stripe-events": {
        "task": "plugins.stripe_payments.tasks.process_waiting_events",
        "schedule": 60.0,
    },
    "reconcile-with-stripe": {
        "task": "plugins.stripe_payments.tasks.reconcile",
        "schedule": 300.0,
    },
    "check-statement-with-stripe": {
        "task": "plugins.stripe_payments.tasks.check_statement",
        "schedule": 3600.0,
    },
    "delete-unconfirmed": {
        "task": "storefront.tasks.delete_unconfirmed",
        "schedule": 3600.0,
    },
    "remind-of-payment": {
        "task": "plugins.order_emails.tasks.remind_of_payment",
        "schedule": 60.0,
    },
    "send-waiting-emails": {
        "task": "plugins.order_emails.tasks.send_waiting_emails",
        "schedule": 30.0,
    },
}

# --- Saleor: the rest is in settings/saleor.py -------------------------------------
ENABLE_SSL = PUBLIC_URL.startswith("https://")  # the scheme of Saleor's absolute links
ALLOWED_CLIENT_HOSTS = ALLOWED_HOSTS

# --- our plugins -------------------------------------------------------------------
# Dotted path of the class that takes payments (plugins.ordering.payments.PaymentProvider).
PAYMENT_PROVIDER = ""
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

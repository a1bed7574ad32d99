"""The shop as it is served live (debug off, hashed static files), plus one constant page."""

from saleor_config.settings.build import STORAGES as _STORAGES
from saleor_config.settings.local import *  # noqa: F403  one project's own layers
from saleor_config.settings.local import VAR_DIR

DEBUG = False
ROOT_URLCONF = "tests.bench.urls"
ALLOWED_HOSTS = ["127.0.0.1"]
WHITENOISE_USE_FINDERS = False
STATIC_ROOT = VAR_DIR / "staticfiles"
STORAGES = _STORAGES
LOGGING = {"version": 1, "disable_existing_loggers": True}
PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"  # orders are placed here, not paid

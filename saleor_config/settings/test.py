"""Tests: real PostgreSQL, mail kept in memory, tasks run at once after commit."""

from saleor_config.settings.local import *  # noqa: F403  one project's own layers
from saleor_config.settings.local import MIDDLEWARE

DEBUG = False
MIDDLEWARE = ["tests.white_space.as_browsers_read", *MIDDLEWARE]
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
PUBLIC_URL = "http://testserver"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
KEEP_REPORTS = False  # they are stored outside of the test's transaction
WHITENOISE_AUTOREFRESH = True  # do not scan the static files for each client
PAGE_CHECK_SECONDS = 0  # what a test has just changed shows at once

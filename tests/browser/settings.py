"""The shop that browser tests visit: as other tests have it, but at a real address."""

import os

from saleor_config.settings.test import *  # noqa: F403  one project's own layers

PUBLIC_URL = os.environ["PUBLIC_URL"]
ALLOWED_HOSTS = ["127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ["MAIL_FOLDER"]
WHITENOISE_AUTOREFRESH = False  # here each file is asked for often, and there is one server

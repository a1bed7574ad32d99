"""The WSGI application, for granian. (Saleor's own warms up with a broken request.)"""

import os

from saleor_config import compat

compat.install()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_config.settings.local")

from django.core.wsgi import get_wsgi_application  # noqa: E402  after compat

application = get_wsgi_application()

"""`make dev`: as `make run`, with debug pages, a toolbar, and no second factor for staff."""

from saleor_config.settings.local import *  # noqa: F403  one project's own layers
from saleor_config.settings.local import CONTENT_SECURITY_POLICY, INSTALLED_APPS, MIDDLEWARE

DEBUG = True
INTERNAL_IPS = ["127.0.0.1", "::1"]
DEBUG_TOOLBAR_CONFIG = {"SHOW_COLLAPSED": True}  # the page is seen as customers see it
INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
_OTP = MIDDLEWARE.index("django_otp.middleware.OTPMiddleware") + 1
_CSP = MIDDLEWARE.index("csp.middleware.CSPMiddleware") + 1
MIDDLEWARE = [
    *MIDDLEWARE[:_CSP],
    "debug_toolbar.middleware.DebugToolbarMiddleware",
    *MIDDLEWARE[_CSP:_OTP],
    "saleor_config.development.skip_second_factor",
    *MIDDLEWARE[_OTP:],
]
# The toolbar's panels and Django's debug pages have styles of their own.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"].append("'unsafe-inline'")

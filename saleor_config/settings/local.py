"""`make run`: local services, the payment sandbox, plain http."""

from saleor_config.settings.base import *  # noqa: F403  one project's own layers
from saleor_config.settings.base import CONTENT_SECURITY_POLICY, STRIPE_API_BASE, STRIPE_API_KEY
from saleor_config.settings.env import VARIABLES, read

DEBUG = read("DEBUG")
WHITENOISE_USE_FINDERS = True  # no collectstatic step on a laptop
STATIC_ROOT = None
# `make run` gives a key of its sandbox; commands beside it (check, migrations) need none.
PAYMENT_PROVIDER = "plugins.stripe_payments.provider.StripePayments" if STRIPE_API_KEY else ""
if VARIABLES["STRIPE_API_BASE"].default != STRIPE_API_BASE:
    # browsers check the redirect that follows a form against form-action too
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_API_BASE)

"""`make run`: embedded services, the local payment page, plain http."""

from saleor_config.settings.base import *  # noqa: F403  one project's own layers
from saleor_config.settings.env import read

DEBUG = read("DEBUG")
WHITENOISE_USE_FINDERS = True  # no collectstatic step on a laptop
PAYMENT_PROVIDER = "plugins.local_payments.provider.LocalPayments"

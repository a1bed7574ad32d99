"""The settings of `make run`, with a short patience: nobody waits for an hour in a test."""

from saleor_config.settings.local import *  # noqa: F403  one project's own layers
from saleor_config.settings.local import CELERY_BEAT_SCHEDULE

PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
EMAIL_TIMEOUT = 10  # a crowded machine is slow, and that is not what is tried here
CELERY_BEAT_SCHEDULE["send-waiting-emails"]["schedule"] = 1.0

"""`make run`'s web server: as `local`, with static files as a live shop has them."""

from saleor_config.settings.build import STORAGES as _STORAGES
from saleor_config.settings.local import *  # noqa: F403  one project's own layers
from saleor_config.settings.local import BASE_DIR

STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = False
STORAGES = _STORAGES

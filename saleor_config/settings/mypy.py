"""For the type checker's Django plugin, which loads the apps itself: compat comes first."""

from saleor_config import compat

compat.install()

from saleor_config.settings.local import *  # noqa: F403  one project's own layers

# The plugin cannot resolve request.user to Saleor's untyped model (mypy: "Must not defer").
AUTH_USER_MODEL = "auth.User"

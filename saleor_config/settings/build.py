"""What `collectstatic` needs while the image is built: no secret, no server."""

from saleor_config.settings.base import *  # noqa: F403  one project's own layers
from saleor_config.settings.base import STORAGES as _STORAGES

STORAGES = _STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
}

"""Saleor and the libraries without our own apps: the part of the schema that stays the same.

Its 430 migrations are run once and kept as a dump (local_services.schema), so that a
changed migration of ours does not cost them again.
"""

from saleor_config.settings.local import *  # noqa: F403  one project's own layers
from saleor_config.settings.local import INSTALLED_APPS as _ALL
from saleor_config.settings.local import OUR_APPS

PLUGINS = []  # one of Saleor's migrations calls them
INSTALLED_APPS = [app for app in _ALL if app not in OUR_APPS]

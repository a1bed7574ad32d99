"""The default primary key of Saleor's models.

Changed in Django 3.2: "customizing type of auto-created primary keys": a model takes it from
``AppConfig.default_auto_field`` or ``DEFAULT_AUTO_FIELD``, and the check ``models.W042`` asks for
either. Saleor was migrated with ``AutoField``; under a project's ``BigAutoField`` every one of its
models would ask for a migration inside site-packages.

Saleor: none of its apps, nor the price packages of its time, sets ``default_auto_field``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported

PACKAGES_WITH_AUTO_FIELD = ("saleor", "django_prices_openexchangerates", "django_prices_vatlayer")


def _with_auto_field(config: Any) -> Any:
    """Move an app configuration to a subclass: Django asks its class, not the instance."""
    cls = type(config)
    config.__class__ = type(
        cls.__name__,
        (cls,),
        {"__module__": cls.__module__, "default_auto_field": "django.db.models.AutoField"},
    )
    return config


def _pin_after_create(create: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(create)
    def wrapper(cls: Any, entry: str) -> Any:
        config = create(cls, entry)
        if config.name.partition(".")[0] in PACKAGES_WITH_AUTO_FIELD:
            return _with_auto_field(config)
        return config

    return wrapper


def _pin_auto_field(config: ModuleType) -> None:
    create = config.AppConfig.create.__func__
    if not hasattr(create, "__wrapped__"):
        config.AppConfig.create = classmethod(_pin_after_create(create))


def install() -> None:
    """Keep Saleor's primary keys what its migrations made, whatever ``DEFAULT_AUTO_FIELD`` is."""
    when_imported("django.apps.config", _pin_auto_field)

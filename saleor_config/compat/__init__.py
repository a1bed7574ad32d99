"""Saleor 2.10.1 on Django 5.2, Celery 5, Pillow 10+ and psycopg 3.

Each module here bridges one API that Saleor 2.10.1 was written against and that has since been
removed or changed; its docstring says which, in which release, and where Saleor uses it.
:func:`install` may be called at any time before Saleor is imported, without settings, any number
of times.
"""

from __future__ import annotations

from . import (
    absent_packages,
    auto_field,
    hooks,
    kept_order,
    moved_names,
    phone_widget,
    sanitized_json,
    through_fields,
    unit_expressions,
    unsaved_instances,
    wsgi_input,
)

_MODULES = (
    moved_names,
    auto_field,
    through_fields,
    unsaved_instances,
    kept_order,
    phone_widget,
    sanitized_json,
    wsgi_input,
    unit_expressions,
    absent_packages,
)


def install() -> None:
    """Make Saleor 2.10.1 importable and working on the installed stack. Idempotent."""
    hooks.activate()
    for module in _MODULES:
        module.install()

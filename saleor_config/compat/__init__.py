"""Saleor 2.10.1 on Django 5.2, Celery 5, Pillow 10+ and psycopg 3.

Each function that :func:`install` calls bridges one API that Saleor 2.10.1 was written against and
that has since been removed or changed; its docstring says which, in which release, and where Saleor
uses it. :func:`install` may be called at any time before Saleor is imported, without settings, any
number of times.
"""

from __future__ import annotations

from . import absent_packages, apis, hooks, models


def install() -> None:
    """Make Saleor 2.10.1 importable and working on the installed stack. Idempotent."""
    hooks.activate()
    apis.restore_names()
    models.keep_auto_fields()
    models.name_through_fields()
    models.read_unsaved_instances()
    models.order_virtual_fields()
    apis.keep_order_of_countries()
    apis.join_phone_numbers()
    models.let_expressions_pass()
    apis.accept_bytes_as_input()
    absent_packages.stand_in_for_sympy()
    absent_packages.stand_in_for_packages()

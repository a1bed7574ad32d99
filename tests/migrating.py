"""Migrating the test database back and forth, to see what becomes of rows of earlier times."""

import gc
from contextlib import contextmanager
from unittest import mock

from django.apps import apps as current_apps
from django.contrib.contenttypes.management import inject_rename_contenttypes_operations
from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class QuickExecutor(MigrationExecutor):
    """Django's, but it takes a third of the time to go back.

    To go back it brings the models up to date after each migration from the first one on that is
    undone. Most of Saleor's 450 come after that one. None of them depends on what is undone, so
    that comes last here.
    """

    def _migrate_all_backwards(self, plan, full_plan, fake):
        undone = {migration for migration, _ in plan}
        full_plan = sorted(full_plan, key=lambda step: step[0] in undone)
        return super()._migrate_all_backwards(plan, full_plan, fake)


def migrate(targets):
    """Migrate as `manage.py migrate` does, and return the state of all models after it."""
    executor = QuickExecutor(connection)
    plan = executor.migration_plan(targets)
    inject_rename_contenttypes_operations(plan=plan, apps=current_apps)
    with connection.cursor() as cursor, _without_collecting(), _in_a_transaction():
        # a table with deferred checks cannot be altered
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        executor.migrate(targets, plan=plan)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return executor.loader.project_state(targets)


@contextmanager
def _in_a_transaction():
    """Make and drop indexes while others wait: inside a test's transaction it cannot be else."""

    def waiting(execute, sql, *arguments):
        return execute(
            sql.replace(" CONCURRENTLY", "") if isinstance(sql, str) else sql, *arguments
        )

    allowed = mock.patch.object(NotInTransactionMixin, "_ensure_not_in_transaction")
    with allowed, connection.execute_wrapper(waiting):
        yield


@contextmanager
def _without_collecting():
    """Let garbage lie meanwhile: to look through all models of all states took a quarter of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def newest(*apps):
    """Return the last migrations of these apps."""
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    return [node for node in leaves if node[0] in apps]

"""Migrating the test database back and forth, to see what becomes of rows of earlier times."""

import gc
from contextlib import contextmanager
from unittest import mock

from django.apps import apps as current_apps
from django.contrib.contenttypes.management import inject_rename_contenttypes_operations
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


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
    with _without_collecting(), _only_neighbours():
        executor.migrate(targets, plan=plan)
    return executor.loader.project_state(targets)


@contextmanager
def _only_neighbours():
    """Bring only a changed model and its neighbours up to date, not all that are joined to them.

    Django does so itself where no relation changes. It then makes all models anew for a step
    that reads or writes rows.
    """
    find = ProjectState._find_reload_model

    def find_neighbours(state, app_label, model_name, delay=False):
        return find(state, app_label, model_name, delay=True)

    with mock.patch.object(ProjectState, "_find_reload_model", find_neighbours):
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

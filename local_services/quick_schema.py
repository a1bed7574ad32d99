"""Saleor's part of the schema in seconds: make its final tables, note its migrations as applied.

Its 450 migrations never change for the version we pin; run one after the other they take most of
a minute. tests/functional/test_quick_schema.py compares the result with really migrated databases.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable

import django
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.postgres.operations import CreateExtension
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from local_services import schema

# What `site/0002_add_default_data` and its followers put there.
SITE = {"domain": "localhost:8000", "name": "Saleor e-commerce"}
HEADER = "Test Saleor - a sample shop!"


def build() -> None:
    """Give the empty default database the schema and rows of all migrations but our own."""
    executor = MigrationExecutor(connection)
    leaves = [key for key in executor.loader.graph.leaf_nodes() if not is_ours(key[0])]
    plan = [migration for migration, _ in executor.migration_plan(leaves)]
    state = _state_after(executor, plan)
    executor.recorder.ensure_schema()
    with connection.schema_editor() as editor:
        _create_extensions(plan, state, editor)
        _create_tables(state, editor)
        _create_rows(state.apps)
        for migration in plan:
            executor.record_migration(migration)  # type: ignore[call-arg, arg-type]  # stubs
            print(f"  Noted {migration} ... OK")  # schema.py counts these, as it does migrate's
    executor.check_replacements()


def is_ours(label: str) -> bool:
    return label in {app.rpartition(".")[2] for app in settings.OUR_APPS}


def _state_after(executor: MigrationExecutor, plan: Iterable[Migration]) -> ProjectState:
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for migration in plan:
        state = migration.mutate_state(state, preserve=False)
    return state


def _create_extensions(
    plan: Iterable[Migration], state: ProjectState, editor: BaseDatabaseSchemaEditor
) -> None:
    for migration in plan:
        for operation in migration.operations:
            if isinstance(operation, CreateExtension):
                operation.database_forwards(migration.app_label, editor, state, state)


def _create_tables(state: ProjectState, editor: BaseDatabaseSchemaEditor) -> None:
    for key in state.models:
        model = state.apps.get_model(*key)
        if model._meta.can_migrate(connection):
            editor.create_model(model)


def _create_rows(apps: Apps) -> None:
    """Make the site, its settings and its two menus, as Saleor's data migrations do."""
    menu, site = apps.get_model("menu", "Menu"), apps.get_model("sites", "Site")
    top, bottom = (
        menu.objects.create(name=settings.DEFAULT_MENUS[key], json_content=[])
        for key in ("top_menu_name", "bottom_menu_name")
    )
    apps.get_model("site", "SiteSettings").objects.create(
        site=site.objects.create(**SITE), header_text=HEADER, top_menu=top, bottom_menu=bottom
    )


if __name__ == "__main__":
    gc.disable()
    django.setup()
    build()
    schema.run_missing_migrations()

"""A migration that locks a table for long fails `make migrations-check`."""

from contextlib import nullcontext

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.unit.test_supply_chain import tool

locks = tool("migration_locks")


@pytest.fixture
def loader(db):
    """Our migrations, to which a test can add one to `ordering`."""
    made = MigrationLoader(None, replace_migrations=False)
    made.connection = connection
    return made


def add(loader, *operations, app="ordering", atomic=True):
    """Plant a migration after the latest one of the app; return its name."""
    (latest,) = [name for name in loader.graph.leaf_nodes(app) if name[0] == app]
    name = (app, "9999_planted")
    planted = migrations.Migration(name[1], app)
    planted.operations, planted.dependencies, planted.atomic = list(operations), [latest], atomic
    loader.graph.add_node(name, planted)
    loader.graph.add_dependency(planted, name, latest)
    return name


REQUIRED = migrations.RunSQL("ALTER TABLE order_order ALTER COLUMN note SET NOT NULL")
INDEX = "CREATE INDEX {} planted ON order_order (status)"


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (migrations.RunSQL(INDEX.format("")), "require-concurrent-index-creation"),
        (REQUIRED, "adding-not-nullable-field"),
        (
            # Django takes the default away again, and the release before writes no such column
            migrations.AddField("refund", "place", models.CharField(max_length=9, default="")),
            "ban-drop-default",
        ),
        (
            migrations.AddField("refund", "place", models.CharField(max_length=9, db_default="")),
            "",
        ),
        (migrations.RemoveField("refund", "reason"), "ban-drop-column"),
        (migrations.RenameField("refund", "reason", "why"), "renaming-column"),
        (
            migrations.AlterField("refund", "key", models.TextField()),
            "changing-column-type",
        ),
    ],
    ids=[
        "an index",
        "a required column",
        "a new column",
        "a new column with a default of the database",
        "a dropped one",
        "a renamed one",
        "a type",
    ],
)
def test_what_keeps_customers_waiting_or_breaks_the_release_before_is_refused(
    loader, operation, rule
):
    name = add(loader, operation)

    found = locks.refused(loader, [name], {})

    assert (rule in found and "ordering.9999_planted" in found) if rule else found == ""


def test_the_planted_one_is_found_as_new_and_fails_the_check(loader, monkeypatch, capsys):
    add(loader, REQUIRED)
    checked = {"ordering": "0015_told"}
    monkeypatch.setattr(locks, "MigrationLoader", lambda *_, **__: loader)
    monkeypatch.setattr(locks, "connected_loader", lambda: nullcontext(loader))
    new = locks.new_migrations(loader, ["ordering"], checked)

    assert new[-1] == ("ordering", "9999_planted")
    assert ("ordering", "0015_told") not in new
    assert locks.main("ordering") == 1
    assert "ordering.9999_planted" in capsys.readouterr().out


def test_an_index_that_is_built_beside_the_work_is_fine(loader):
    name = add(loader, migrations.RunSQL(INDEX.format("CONCURRENTLY")), atomic=False)

    assert locks.refused(loader, [name], {}) == ""


def test_one_that_is_named_with_a_reason_is_let_through(loader):
    name = add(loader, REQUIRED)

    assert locks.refused(loader, [name], {"ordering.9999_planted": "the table has ten rows"}) == ""


def test_what_is_accepted_names_migrations_that_exist_and_says_why(loader):
    accepted = locks.settings()["accepted"]

    assert [name for name in accepted if tuple(name.split(".")) not in loader.graph.nodes] == []
    assert all(len(reason) > 10 for reason in accepted.values())

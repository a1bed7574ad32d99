"""The schema of a first start is the one that the migrations make when run one by one.

The order of columns differs, and so may the names of constraints, indexes and sequences: renamed
tables and columns leave the old words in them. All else must be the same.
"""

from contextlib import closing

import django
import psycopg
import pytest

from local_services import quick_schema, schema
from local_services.data_folder import locked

pytestmark = pytest.mark.slow

# Dumps of databases that were really migrated: to migrate anew takes more than a minute. Another
# Django may make other tables of the same migrations.
MIGRATED_STORE = schema.ROOT / "var" / "migrated" / django.get_version()

SHAPE = {
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "relations": """
        SELECT relkind, relpersistence, relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'S')
    """,
    "columns": """
        SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
               attidentity, attgenerated, attcollation::regcollation,
               pg_get_expr(adbin, adrelid)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'S')
              AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass, contype, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": r"""
        SELECT indrelid::regclass, indisvalid, indisprimary, indisunique,
               regexp_replace(pg_get_indexdef(indexrelid), ' INDEX \S+ ON ', ' INDEX ON ')
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relnamespace = 'public'::regnamespace
    """,
    "sequences": """
        SELECT refobjid::regclass, attname, deptype, format_type(seqtypid, NULL), seqstart,
               seqincrement, seqmin, seqmax, seqcache, seqcycle
        FROM pg_sequence LEFT JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
             AND pg_depend.classid = 'pg_class'::regclass
        LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    """,
    "triggers": """
        SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a' AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    """,
}
KINDS = "django_content_type"
RIGHTS = "auth_permission"
# What has numbers that depend on the order of making, by its names.
NAMED = {
    "django_migrations": "SELECT app, name FROM django_migrations",
    KINDS: f"SELECT app_label, model FROM {KINDS}",
    RIGHTS: f"""
        SELECT app_label, model, codename, name
        FROM {RIGHTS} JOIN {KINDS} AS kind ON kind.id = content_type_id
    """,
    "auth_group_permissions": f"""
        SELECT held.group_id, app_label, model, codename
        FROM auth_group_permissions AS held JOIN {RIGHTS} AS own ON own.id = permission_id
        JOIN {KINDS} AS kind ON kind.id = content_type_id
    """,
}


@pytest.fixture(scope="module")
def databases(database_server, tmp_path_factory):
    """Connections to a database made quickly and to one really migrated, both from dumps of them.

    PostgreSQL sets other brackets in what it reads from a dump: so both must come from one.
    """
    quick, real = "test_quick_schema", "test_real_schema"
    with (
        schema.temporary_database(database_server, quick),
        schema.temporary_database(database_server, real),
    ):
        for name, fill, store in (
            (quick, schema.make, tmp_path_factory.mktemp("made")),
            (real, schema.migrate, MIGRATED_STORE),
        ):
            schema.restore(kept_dump(database_server, store, fill), database_server.url(name))
        with (
            closing(psycopg.connect(database_server.url(quick))) as made,
            closing(psycopg.connect(database_server.url(real))) as migrated,
        ):
            yield made, migrated


def kept_dump(server, store, fill):
    """Return the store's dump of a database that `fill` has filled with today's migrations."""
    wanted, unfinished = schema.wanted_files(), "test_to_be_dumped"
    with locked(store / "lock"):
        dump = schema.nearest(store, wanted)
        if dump is None or dump.files != wanted:
            with schema.temporary_database(server, unfinished):
                fill(server.url(unfinished))
                schema.save(store, wanted, server.url(unfinished))
            dump = schema.nearest(store, wanted)
    return dump


def answer(connection, query):
    """Return the rows in an order of our own, as texts: names of tables are numbers inside."""
    return sorted(repr(row) for row in connection.execute(query))


@pytest.mark.parametrize("part", SHAPE)
def test_tables_and_all_that_belongs_to_them_are_the_same(databases, part):
    made, migrated = (answer(each, SHAPE[part]) for each in databases)
    assert made == migrated
    assert made, "nothing was compared"


def test_the_rows_of_data_migrations_are_the_same(databases):
    tables = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    names = [name for (name,) in databases[1].execute(tables)]
    rows = [
        {
            name: answer(each, NAMED.get(name, f'SELECT to_jsonb(one)::text FROM "{name}" AS one'))
            for name in names
        }
        for each in databases
    ]
    assert rows[0] == rows[1]
    filled = {name for name in names if rows[0][name]}
    assert {"django_site", "site_sitesettings", "menu_menu", "auth_group", RIGHTS} <= filled


def test_sequences_go_on_after_the_rows_that_are_there(databases):
    for connection in databases:
        for table in ("django_site", "site_sitesettings", "menu_menu", "auth_group"):
            (following,) = connection.execute(
                f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"
            ).fetchone()
            (last,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()
            assert following > last, table


def test_only_migrations_that_are_not_ours_are_noted_without_being_run():
    assert quick_schema.is_ours("ordering")
    assert not quick_schema.is_ours("order")

"""Which kept dump is restored."""

import json

import pytest

from local_services import postgres, schema

BASE = {"saleor.order/0001_initial": "aa", "saleor.order/0002_more": "bb"}
WHOLE = BASE | {"plugins.ordering/0001_initial": "cc"}


@pytest.fixture
def keep(tmp_path):
    """Put a dump with these migrations into the store."""

    def put(files, version=None):
        path = tmp_path / f"{schema.key(files)}.json"
        path.write_text(json.dumps({"postgres": version or postgres.version(), "files": files}))
        path.with_suffix(".sql").touch()

    return put


def test_an_empty_store_has_no_dump(tmp_path):
    assert schema.nearest(tmp_path, WHOLE) is None


def test_the_dump_with_most_of_the_wanted_migrations_is_nearest(tmp_path, keep):
    keep(BASE)
    keep(WHOLE)

    assert schema.nearest(tmp_path, WHOLE).files == WHOLE


def test_a_dump_with_a_changed_migration_does_not_fit(tmp_path, keep):
    keep(BASE)
    keep(WHOLE)
    changed = WHOLE | {"plugins.ordering/0001_initial": "changed"}

    assert schema.nearest(tmp_path, changed).files == BASE


def test_a_dump_with_a_migration_that_is_no_longer_wanted_does_not_fit(tmp_path, keep):
    keep(WHOLE)

    assert schema.nearest(tmp_path, BASE) is None


def test_a_dump_of_another_postgresql_does_not_fit(tmp_path, keep):
    keep(WHOLE, version="postgres (PostgreSQL) 17.1")

    assert schema.nearest(tmp_path, WHOLE) is None

"""Finding migrations without starting Django."""

import pytest

from local_services.schema import migration_files


def test_the_migrations_of_an_app_are_named_with_the_hash_of_their_text():
    files = migration_files(["saleor.wishlist"])

    assert "saleor.wishlist/0001_initial" in files
    assert all(len(digest) == 64 for digest in files.values())
    assert not any("__init__" in name for name in files)


def test_an_app_without_migrations_has_none():
    assert migration_files(["django_filters"]) == {}


def test_an_app_that_is_not_installed_is_named():
    with pytest.raises(LookupError, match=r"The app no_such_app\.inner is not installed"):
        migration_files(["no_such_app.inner"])

"""A backup holds all that was committed before it, and a restore gives back exactly that."""

import itertools
import os
import tarfile

import psycopg
import pyrage
import pytest

from local_services import backups, schema
from local_services.backups import database_sums
from local_services.messages import CannotRunError
from local_services.postgres import connect

PHOTO = "products/" + "a" * 32 + ".jpg"


@pytest.fixture(scope="module")
def new_place(database_server, stocked_template, tmp_path_factory):
    """Make a shop with the real catalogue and one photo."""
    prefix = f"test_backup_{os.getpid()}"
    numbers = itertools.count()

    def make():
        name = f"{prefix}_{next(numbers)}"
        schema.copy(database_server, stocked_template, name)
        media = tmp_path_factory.mktemp("media")
        (media / "products").mkdir()
        (media / PHOTO).write_bytes(b"a photo")
        return backups.Place(database_server, name, media)

    yield make
    with connect(database_server, "postgres") as connection:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        for (name,) in connection.execute(query, [f"{prefix}%"]).fetchall():
            schema.drop(database_server, name)


@pytest.fixture
def place(new_place):
    return new_place()


@pytest.fixture(scope="module")
def plain(new_place, tmp_path_factory):
    """A backup of such a shop, not encrypted."""
    path, _ = backups.write(new_place(), tmp_path_factory.mktemp("backups"))
    return path


def names_of_products(place):
    with connect(place.server, place.database) as connection:
        return sorted(
            name for (name,) in connection.execute("SELECT name FROM product_product").fetchall()
        )


def change(place):
    """Do what goes wrong: goods are renamed, a photo is gone, another one came."""
    with connect(place.server, place.database) as connection:
        connection.execute("UPDATE product_product SET name = 'wrong'")
    (place.media / PHOTO).unlink()
    (place.media / "products" / "new.jpg").write_bytes(b"new")


def test_an_encrypted_backup_gives_back_every_row_and_photo(place, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    key_file = tmp_path / "key.txt"
    key_file.write_text(f"# made for this test\n{identity}\n")
    before = names_of_products(place)

    path, sums = backups.write(place, tmp_path / "to", key=str(identity.to_public()))
    change(place)
    with backups.opened(path, key_file) as archive:
        restored = backups.restore(archive, place)

    assert path.name.endswith(".tar.age")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"a photo" not in path.read_bytes()
    assert restored == sums
    assert sums.media.keys() == {PHOTO}
    assert names_of_products(place) == before
    assert (place.media / PHOTO).read_bytes() == b"a photo"
    assert sorted(one.name for one in (tmp_path / "to").iterdir()) == [path.name]


def test_an_encrypted_backup_opens_with_its_own_key_only(tmp_path):
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    backup, key_file = tmp_path / "some.tar.age", tmp_path / "key.txt"
    backup.write_bytes(pyrage.encrypt(b"rows", [identity.to_public()]))
    key_file.write_text(str(other))

    with (
        pytest.raises(CannotRunError, match="could not be decrypted"),
        backups.opened(backup, key_file),
    ):
        pass
    with pytest.raises(CannotRunError, match="--identity"), backups.opened(backup):
        pass


def test_a_key_that_is_none_is_refused_before_anything_is_written(place, tmp_path):
    with pytest.raises(CannotRunError, match="no public key"):
        backups.write(place, tmp_path / "to", key="age1wrong")

    assert not (tmp_path / "to").exists()


def test_a_restore_while_somebody_is_connected_changes_nothing(place, plain):
    change(place)

    with psycopg.connect(place.url), pytest.raises(CannotRunError, match="Stop the shop"):
        backups.restore(plain, place)

    assert set(names_of_products(place)) == {"wrong"}
    assert not (place.media / PHOTO).exists()


def test_a_backup_whose_photo_was_tampered_with_is_not_restored(place, plain, tmp_path):
    with tarfile.open(plain) as tar:
        tar.extractall(tmp_path / "taken apart", filter="data")
    (tmp_path / "taken apart" / "media" / PHOTO).write_bytes(b"another")
    forged = tmp_path / "forged.tar"
    with tarfile.open(forged, "w") as tar:
        for path in sorted((tmp_path / "taken apart").iterdir()):
            tar.add(path, path.name)
    change(place)

    with pytest.raises(CannotRunError, match=f"media file {PHOTO}"):
        backups.restore(forged, place)

    assert set(names_of_products(place)) == {"wrong"}
    assert not (place.media / PHOTO).exists()


def test_the_old_database_stays_under_another_name(place, plain):
    change(place)

    backups.restore(plain, place)

    with connect(place.server, "postgres") as connection:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        (old,) = connection.execute(query, [f"{place.database}_before_%"]).fetchone()
    assert set(names_of_products(backups.Place(place.server, old, place.media))) == {"wrong"}


def test_one_changed_letter_in_one_row_is_a_difference(place):
    with psycopg.connect(place.url) as connection:
        before = database_sums(connection)
        connection.execute(
            "UPDATE product_product SET name = name || '.' "
            "WHERE id = (SELECT min(id) FROM product_product)"
        )
        after = database_sums(connection)

    assert before.differences(after) == [
        "table product_content_pagechange",  # the database counts what changes
        "table product_product",
    ]
    assert before.differences(before) == []

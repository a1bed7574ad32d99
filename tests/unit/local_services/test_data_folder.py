"""Secrets of `make run`."""

import stat

from local_services.data_folder import DataFolder


def test_a_secret_is_made_once_and_kept(tmp_path):
    first = DataFolder(tmp_path).secret("staff-password")

    assert len(first) == 32
    assert DataFolder(tmp_path).secret("staff-password") == first


def test_secrets_differ_from_each_other(tmp_path):
    places = DataFolder(tmp_path)

    assert places.secret("postgres") != places.secret("valkey")


def test_only_the_owner_can_read_a_secret(tmp_path):
    places = DataFolder(tmp_path)
    places.secret("postgres")
    path = places.secret_file("postgres")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

"""Locks between processes."""

import pytest

from local_services.data_folder import BusyError, locked, locked_now


def test_a_held_lock_is_busy(tmp_path):
    with locked(tmp_path / "lock"), pytest.raises(BusyError), locked_now(tmp_path / "lock"):
        pass


def test_a_lock_is_free_again_afterwards(tmp_path):
    with locked_now(tmp_path / "lock"):
        pass
    with locked_now(tmp_path / "lock"):
        pass

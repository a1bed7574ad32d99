"""Pid files that a killed supervisor leaves."""

import os

import psutil
import pytest

from local_services.postgres import end_orphaned_server


def test_a_data_folder_without_a_pid_file_is_left_alone(tmp_path):
    end_orphaned_server(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "not a number\n", "2147483646\n"])
def test_a_pid_file_that_names_no_process_is_deleted(tmp_path, content):
    (tmp_path / "postmaster.pid").write_text(content)

    end_orphaned_server(tmp_path)

    assert not (tmp_path / "postmaster.pid").exists()


def test_a_number_that_another_program_has_got_is_not_ended(tmp_path):
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")

    end_orphaned_server(tmp_path)

    assert psutil.pid_exists(os.getpid())
    assert not (tmp_path / "postmaster.pid").exists()

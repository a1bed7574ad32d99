"""Ports are promised once, also to processes that have not bound theirs yet."""

import socket
import subprocess
import sys

import pytest

from local_services import processes
from local_services.processes import LOOPBACK, free_port, usual_or_free


@pytest.fixture
def draws(monkeypatch):
    """Make free_port() draw these numbers."""

    def draw(*numbers):
        given = iter(numbers)
        monkeypatch.setattr(processes.random, "randrange", lambda *_: next(given))

    return draw


def nobodys():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def test_a_port_is_not_promised_twice_before_it_is_bound(draws):
    one, other = nobodys(), nobodys()
    draws(one, one, other)
    assert [free_port(), free_port()] == [one, other]


def test_a_port_that_another_process_was_promised_is_left_alone(draws):
    asks = "from local_services.processes import free_port; print(free_port(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", asks], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        taken = int(other.stdout.readline())
        draws(taken, mine := nobodys())
        assert free_port() == mine
        other.communicate("\n")


def test_a_port_that_a_server_has_is_not_the_usual_one():
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        port = server.getsockname()[1]
        assert usual_or_free(port) != port

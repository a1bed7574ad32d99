"""What tests may rely on: each finds the database as the migrations left it, and no network."""

import socket

import pytest
from django.contrib.sites.models import Site
from django.db import connection
from pytest_socket import SocketConnectBlockedError

pytestmark = pytest.mark.django_db


def _take_the_site_away():
    assert Site.objects.count() == 1
    Site.objects.all().delete()


def test_a_test_may_change_what_a_migration_put_there():
    _take_the_site_away()


def test_the_next_test_finds_it_again():
    _take_the_site_away()


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_commits_may_change_it_too():
    _take_the_site_away()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (word text)")


@pytest.mark.django_db(transaction=True)
def test_nothing_of_it_is_left_behind():
    assert "left_behind" not in connection.introspection.table_names()
    _take_the_site_away()


def test_a_test_after_those_finds_it_again():
    _take_the_site_away()


def test_no_other_machine_is_reached():
    with socket.socket() as client, pytest.raises(SocketConnectBlockedError):
        client.connect(("192.0.2.1", 80))

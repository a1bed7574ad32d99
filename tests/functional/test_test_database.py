"""What tests may rely on: each finds the database as the migrations left it, and no network."""

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.db import OperationalError, connection, transaction
from pytest_socket import SocketConnectBlockedError
from saleor.account.models import User

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


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_commits_may_empty_tables_and_leave_its_session_changed():
    _take_the_site_away()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_commit_a_user).result()
    assert User.objects.get().pk == 1
    User.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE django_content_type CASCADE")
        cursor.execute("SET statement_timeout = '12s'")
        cursor.execute("SELECT pg_advisory_lock(1)")


@pytest.mark.django_db(transaction=True)
def test_nothing_of_that_is_left_behind_either():
    _take_the_site_away()
    assert ContentType.objects.exists()
    assert User.objects.create(email="next@example.org").pk == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('TimeZone')")
        assert cursor.fetchone() == ("0", "UTC")
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)


def _commit_a_user():
    try:
        User.objects.create(email="thread@example.org")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_a_thread_has_not_committed_ends_with_the_test():
    begun = Event()

    def hold():
        with contextlib.suppress(OperationalError), transaction.atomic():
            Site.objects.all().delete()
            begun.set()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(600)")

    Thread(target=hold, daemon=True).start()
    assert begun.wait(30)


@pytest.mark.django_db(transaction=True)
def test_the_next_test_does_not_wait_for_that_thread():
    _take_the_site_away()

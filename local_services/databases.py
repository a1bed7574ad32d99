"""Addresses of PostgreSQL databases, and running a statement on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from local_services.ports import LOOPBACK

USER = "stillwater_embedded"  # the mark that the production settings refuse
MAINTENANCE = "postgres"  # the database every server has


class Databases(Protocol):
    """A server whose databases have an address each."""

    def url(self, name: str) -> str:
        """Return the database's address as Django and libpq read it."""


@dataclass(frozen=True)
class OtherServer:
    """A server that we did not start, known by the address of one of its databases."""

    known: str

    def url(self, name: str) -> str:
        """Return the address of another database on it."""
        return urlsplit(self.known)._replace(path=f"/{name}").geturl()


@dataclass(frozen=True)
class Address:
    """Where a server listens and the password of its one user."""

    port: int
    password: str

    def url(self, name: str) -> str:
        """Return the database's address as Django and libpq read it."""
        # The wheel's server has no TLS: asking for it first would cost a round trip.
        return (
            f"postgres://{USER}:{self.password}@{LOOPBACK}:{self.port}/{name}"
            "?sslmode=disable&gssencmode=disable"
        )


def connect(address: Databases, name: str) -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection that commits each statement."""
    return psycopg.connect(address.url(name), autocommit=True, connect_timeout=5)


def run_sql(address: Databases, statement: str, *names: str, database: str = MAINTENANCE) -> None:
    """Run one statement; each `{}` in it takes one of the names, quoted."""
    with connect(address, database) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

"""`make backup` and `make restore`: database and media in one file, proved by restoring it.

The file is a tar archive: `media/…`, `database.dump` for pg_restore, and `manifest.json` with the
sums of both. With a key it is encrypted in the format of age (age-encryption.org): whoever makes
backups needs the public key only. The database's dump and its sums are of one snapshot; media are
read before and after it, so every photo that the snapshot names is there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
import pyrage
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from local_services import postgres
from local_services.messages import CannotRunError, say
from local_services.postgres import MAINTENANCE, Databases, OtherServer, connect, run_sql
from local_services.schema import drop, temporary_database, temporary_server

Row = tuple[object, ...]

# How text of values is written must not depend on the server's or the role's settings.
_SAME_TEXT = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
)
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# A sum of the rows' hashes does not depend on their order, and one changed letter changes it.
_TABLE = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t"
# What people look at first; each is two figures of one table.
_BOOKS = {
    "orders": "SELECT count(*), coalesce(sum(total_gross_amount), 0) FROM order_order",
    "payments": "SELECT count(*), coalesce(sum(captured_amount), 0) FROM payment_payment",
    "refunds": "SELECT count(*), coalesce(sum(amount_value), 0) FROM ordering_refundpart",
    "stock ledger": "SELECT count(*), coalesce(sum(after - before), 0) FROM inventory_stockentry",
    "gift cards": "SELECT count(*), coalesce(sum(current_balance_amount), 0) "
    "FROM giftcard_giftcard",
    "e-mails": "SELECT count(*), count(*) FILTER (WHERE state = 'sent') "
    "FROM order_emails_outgoingemail",
}


@dataclass(frozen=True)
class Sums:
    """Rows and hash of each table, the books that people read, and the hash of each media file."""

    tables: dict[str, list[str]]
    books: dict[str, list[str]]
    media: dict[str, str]

    def differences(self, other: Sums) -> list[str]:
        """Return the tables, books and files that are not the same in both, by name."""
        return [
            *_different("table", self.tables, other.tables),
            *_different("books of", self.books, other.books),
            *_different("media file", self.media, other.media),
        ]

    def lines(self) -> list[str]:
        """Return the books, for people."""
        books = [
            f"{name:<14} {count:>9}  {total:>14}" for name, (count, total) in self.books.items()
        ]
        rows = sum(int(count) for count, _ in self.tables.values())
        tables = f"{'all tables':<14} {rows:>9}  {len(self.tables):>7} tables"
        return [*books, tables, f"{'media files':<14} {len(self.media):>9}"]


def _different(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterable[str]:
    names = sorted(one.keys() | other.keys())
    return [f"{kind} {name}" for name in names if one.get(name) != other.get(name)]


def database_sums(connection: psycopg.Connection[Row]) -> Sums:
    """Return the figures of the database as this connection's transaction sees it."""
    for statement in _SAME_TEXT:
        connection.execute(statement)
    names = [str(name) for (name,) in connection.execute(_TABLES).fetchall()]
    tables = {
        name: _figures(connection, sql.SQL(_TABLE).format(sql.Identifier(name))) for name in names
    }
    books = {name: _figures(connection, sql.SQL(query)) for name, query in _BOOKS.items()}
    return Sums(tables, books, {})


def _figures(connection: psycopg.Connection[Row], query: sql.SQL | sql.Composed) -> list[str]:
    return [str(figure) for figure in connection.execute(query).fetchone() or ()]


def media_sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below the folder, by its path in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _file_sum(path) for path in files}


def _file_sum(path: Path) -> str:
    with path.open("rb") as file:
        return content_sum(file)


def content_sum(file: IO[bytes]) -> str:
    """Return the SHA-256 of what is left to read of an open file."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


_DUMP, _MANIFEST, _MEDIA = "database.dump", "manifest.json", "media/"
_SCRATCH = "restored"
_ENCRYPTED = ".age"
_UNDER_WAY = ".restoring"  # within the media folder: it may be a volume of its own


@dataclass(frozen=True)
class Place:
    """Where a shop's data are: its server, the name of its database, its folder of media."""

    server: Databases
    database: str
    media: Path

    @property
    def url(self) -> str:
        """Address of the database."""
        return self.server.url(self.database)

    @classmethod
    def of(cls, url: str, media: Path) -> Place:
        """Return the place of the database at this address."""
        return cls(OtherServer(url), str(conninfo_to_dict(url)["dbname"]), media)


# --- writing ------------------------------------------------------------------------


def write(place: Place, folder: Path, *, key: str = "") -> tuple[Path, Sums]:
    """Write a backup into the folder, prove it by a restore, and return its file and its sums.

    `key` is age's public key (age1…) for which it is encrypted. Raises CannotRunError if the
    backup could not be written, or does not restore to the same sums.
    """
    recipient = _recipient(key) if key else None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"stillwater-{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}.tar"
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as unfinished:  # mode 700
        archive = Path(unfinished) / name
        with tarfile.open(archive, "w") as tar:
            sums = _fill(tar, place, Path(unfinished))
        prove(archive)
        if recipient:
            encrypted = archive.with_name(name + _ENCRYPTED)
            pyrage.encrypt_file(str(archive), str(encrypted), [recipient])
            archive = encrypted
        archive.chmod(0o600)
        _to_disk(archive)
        return archive.rename(folder / archive.name), sums


def _recipient(key: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        raise CannotRunError(f"This is no public key of age (age1…): {error}.") from None


def _fill(tar: tarfile.TarFile, place: Place, folder: Path) -> Sums:
    media = _Media(tar, place.media)
    media.add_new()
    with _snapshot(place.url) as (connection, name):
        _run(
            "pg_dump",
            place.url,
            "--format=custom",
            f"--snapshot={name}",
            f"--file={folder / _DUMP}",
        )
        sums = database_sums(connection)
    media.add_new()
    sums = replace(sums, media=media.sums)
    tar.add(folder / _DUMP, _DUMP)
    (folder / _DUMP).unlink()
    manifest = json.dumps(asdict(sums)).encode()
    entry = tarfile.TarInfo(_MANIFEST)
    entry.size = len(manifest)
    tar.addfile(entry, io.BytesIO(manifest))
    return sums


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Row], str]]:
    """Open a transaction that sees one moment, and give that moment a name for pg_dump."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (name,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield connection, str(name)


class _Media:
    """The files of media in an archive; a file that changed since is added again."""

    def __init__(self, tar: tarfile.TarFile, folder: Path) -> None:
        self._tar, self._folder = tar, folder
        self._seen: dict[str, tuple[int, int]] = {}
        self.sums: dict[str, str] = {}

    def add_new(self) -> None:
        """Add what has come or changed since the last time. What is gone meanwhile stays in."""
        for path in sorted(self._folder.rglob("*")):
            name = path.relative_to(self._folder).as_posix()
            if path.is_file() and not name.startswith(_UNDER_WAY):
                self._add(path, name)

    def _add(self, path: Path, name: str) -> None:
        status = path.stat()
        mark = (status.st_size, status.st_mtime_ns)
        if self._seen.get(name) == mark:
            return
        with tempfile.TemporaryFile() as copy, path.open("rb") as file:  # it may grow meanwhile
            shutil.copyfileobj(file, copy)
            entry = tarfile.TarInfo(_MEDIA + name)
            entry.size, entry.mtime = copy.tell(), int(status.st_mtime)
            copy.seek(0)
            self._tar.addfile(entry, copy)
            copy.seek(0)
            self.sums[name] = content_sum(copy)
        self._seen[name] = mark


def _run(program: str, url: str, *words: str) -> None:
    """Run one of PostgreSQL's programs on a database; its password is on no command line."""
    names = {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "gssencmode": "PGGSSENCMODE"}
    given = conninfo_to_dict(url)
    variables = {names.get(name, f"PG{name.upper()}"): str(text) for name, text in given.items()}
    command, environment = [postgres.program(program), *words], os.environ | variables
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRunError(f"{program} failed: {done.stderr.strip()}")


def _to_disk(path: Path) -> None:
    """Wait until the file is on the disk: a backup that a power cut takes back is none."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


# --- reading ------------------------------------------------------------------------


@contextmanager
def opened(backup: Path, identity: Path | None = None) -> Iterator[Path]:
    """Yield a backup as a plain archive, decrypted with the private key in `identity` if need be.

    Raises CannotRunError without the right key.
    """
    if backup.suffix != _ENCRYPTED:
        yield backup
        return
    if identity is None:
        raise CannotRunError("The backup is encrypted. Name the file of its key: --identity FILE")
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=backup.parent) as folder:
        plain = Path(folder) / backup.stem
        try:
            pyrage.decrypt_file(str(backup), str(plain), [_identity(identity)])
        except pyrage.DecryptError as error:
            raise CannotRunError(f"{backup.name} could not be decrypted: {error}") from None
        yield plain


def _identity(path: Path) -> pyrage.x25519.Identity:
    lines = [line.strip() for line in path.read_text().splitlines()]
    try:
        return pyrage.x25519.Identity.from_str(
            next(one for one in lines if one[:1] not in ("", "#"))
        )
    except (pyrage.IdentityError, StopIteration):
        raise CannotRunError(f"{path} holds no private key of age (AGE-SECRET-KEY-…).") from None


def prove(archive: Path) -> Sums:
    """Restore a plain archive on a server of its own, gone afterwards; return its sums.

    Raises CannotRunError if what is restored has other sums than the archive says.
    """
    with temporary_server() as server, tempfile.TemporaryDirectory() as folder:
        place = Place(server, _SCRATCH, Path(folder))
        with temporary_database(server, _SCRATCH):
            return _unpack(archive, place, place.media)


def restore(archive: Path, place: Place) -> Sums:
    """Put a plain archive in the place of the shop that is there, and return its sums.

    All is unpacked and compared beside it first. The old database stays under another name
    until it is dropped by hand; photos of it that the backup has not stay where they are. Raises
    CannotRunError if somebody is connected, or if the sums differ: then nothing has changed.
    """
    _refuse_in_use(place)
    media = place.media / _UNDER_WAY
    shutil.rmtree(media, ignore_errors=True)
    media.mkdir(parents=True)
    unpacked = replace(place, database=f"{place.database}_restored")
    drop(place.server, unpacked.database)
    run_sql(place.server, "CREATE DATABASE {}", unpacked.database)
    try:
        sums = _unpack(archive, unpacked, media)
        _refuse_in_use(place)
    except CannotRunError:
        drop(place.server, unpacked.database)
        raise
    else:
        _swap(place, unpacked.database)
        _move(media, place.media)
        return sums
    finally:
        shutil.rmtree(media, ignore_errors=True)


def _unpack(archive: Path, place: Place, media: Path) -> Sums:
    """Fill an empty database and a folder from the archive; compare both with its manifest."""
    with tarfile.open(archive) as tar, tempfile.TemporaryDirectory() as folder:
        tar.extract(_DUMP, folder, filter="data")
        words = ("--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={place.database}")
        _run("pg_restore", place.url, *words, str(Path(folder) / _DUMP))
        for entry in tar:
            if entry.name.startswith(_MEDIA):
                entry.name = entry.name.removeprefix(_MEDIA)
                tar.extract(entry, media, filter="data")
        said = tar.extractfile(_MANIFEST)
        wanted = Sums(**json.loads(said.read())) if said else Sums({}, {}, {})
    with connect(place.server, place.database) as connection:
        connection.execute("ANALYZE")
        found = replace(database_sums(connection), media=media_sums(media))
    if different := wanted.differences(found):
        raise CannotRunError(f"The restored data differ from the backup in: {', '.join(different)}")
    return found


def _refuse_in_use(place: Place) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    with connect(place.server, MAINTENANCE) as connection:
        (count,) = connection.execute(query, [place.database]).fetchone() or (0,)
    if count:
        raise CannotRunError(
            f"{count} connections use the database {place.database}. Stop the shop first."
        )


def _swap(place: Place, restored: str) -> None:
    """Give the restored database the shop's name; the old one gets another, in one transaction."""
    old = f"{place.database}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with psycopg.connect(place.server.url(MAINTENANCE)) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [place.database]).fetchone():
            connection.execute(rename.format(*map(sql.Identifier, (place.database, old))))
            say(f"The data from before are in the database {old} until you drop it.")
        connection.execute(rename.format(*map(sql.Identifier, (restored, place.database))))


def _move(source: Path, target: Path) -> None:
    for path in [path for path in source.rglob("*") if path.is_file()]:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)

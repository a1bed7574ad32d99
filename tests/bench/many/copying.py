"""Copies rows with all that hangs on them, in the database, as many at a time as it takes.

A run starts from two temporary tables: `<run>_plan` has a row per copy, numbered by `n`, with the
`shift` of its times; `<run>_roots` (n, old) says which rows of the first table go into copy n.
Each table that is copied gets `<run>_<table>` (n, old, new): which row became which.
References between copied tables follow that; all others stay. Statements here are put together
from our own table and column names only, never from input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import DateTimeField, Field, Model


@dataclass(frozen=True)
class Table:
    """A table to copy: which of its rows, and what is different in each copy.

    `below` names the column of a row that was copied before, and `above` those columns of the
    run's root that name rows to copy with it; a root has neither. `changes` are SQL values by
    column, which may use `row` (the old one), `map` (n, old, new) and `plan`.
    """

    model: type[Model]
    below: str = ""
    above: tuple[str, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    into: str = ""

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table


@dataclass
class Run:
    """One plan, copied table by table.

    `known` tells for a table where its copied rows are listed, and which column of the plan says
    from which copy to take one.
    """

    name: str
    root: type[Model]
    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    def copy(self, table: Table) -> None:
        """Copy the rows of one table, and remember which became which."""
        copied = f"{self.name}_{table.name}"
        sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
        run(
            f"CREATE TEMP TABLE {copied} AS SELECT n, old, nextval({sequence}) AS new"
            f" FROM ({self._rows(table)} ORDER BY n, old) numbered"
        )
        run(f"CREATE INDEX ON {copied} (n, old)")
        run(f"ANALYZE {copied}")
        self.known[table.name] = (copied, "n")
        run(self._insert(table, copied))

    def _rows(self, table: Table) -> str:
        if table.below:
            column: Field = table.model._meta.get_field(table.below)
            parent, _key = self.known[column.related_model._meta.db_table]
            on = f"row.{column.column} = parent.old"
            return (
                f"SELECT parent.n, row.id AS old FROM {parent} parent JOIN {table.name} row ON {on}"
            )
        if table.above:
            named = ", ".join(f"root.{column}" for column in table.above)
            return (
                f"SELECT DISTINCT roots.n, named.old FROM {self.name}_roots roots"
                f" JOIN {self.root._meta.db_table} root ON root.id = roots.old,"
                f" unnest(ARRAY[{named}]) named (old) WHERE named.old IS NOT NULL"
            )
        return f"SELECT n, old FROM {self.name}_roots"

    def _insert(self, table: Table, copied: str) -> str:
        fields = table.model._meta.concrete_fields
        columns = ", ".join(f'"{each.column}"' for each in fields)
        values = ", ".join(self._value(table, each) for each in fields)
        joins = " ".join(self._join(each) for each in fields if self._is_followed(table, each))
        return (
            f"INSERT INTO {table.into or table.name} ({columns}) SELECT {values}"
            f" FROM {copied} map JOIN {self.name}_plan plan ON plan.n = map.n"
            f" JOIN {table.name} row ON row.id = map.old {joins} ORDER BY map.new"
        )

    def _value(self, table: Table, column: Field) -> str:
        name = column.column
        if name in table.changes:
            return table.changes[name]
        if column.primary_key:
            return "map.new"
        if self._is_followed(table, column):
            return f"coalesce(to_{name}.new, row.{name})"
        shifts = isinstance(column, DateTimeField)
        return f'row."{name}" + plan.shift' if shifts else f'row."{name}"'

    def _is_followed(self, table: Table, column: Field) -> bool:
        related = column.related_model
        return bool(related) and related._meta.db_table in self.known

    def _join(self, column: Field) -> str:
        copied, key = self.known[column.related_model._meta.db_table]
        to, name = f"to_{column.column}", column.column
        return f"LEFT JOIN {copied} {to} ON {to}.n = plan.{key} AND {to}.old = row.{name}"


def run(statement: str, values: Sequence[object] | Mapping[str, object] | None = None) -> None:
    """Run one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)

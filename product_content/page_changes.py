"""When what public pages show has changed: in the database, or because a time has come.

Tables that pages read are watched (`watch_tables`, in a migration): a trigger counts each statement
that writes to one, in the writer's own transaction (migration 0012). So the count changes when
others can see what was written, whoever wrote it: staff, an order, a task, psql. Whoever keeps a
page notes the counts of the tables it was made of (`tables_read`), and asks for them again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import connection
from django.db.migrations import RunSQL
from django.utils import timezone

DAY = "(day)"  # the day that pages are of: a publication date may have come with it

Marks = Mapping[str, object]
Values = dict[Hashable, tuple[Marks, Any]]  # by name: what a value was made of, and the value
T = TypeVar("T")


@dataclass(frozen=True)
class _Making:
    """A page in the making: what was read for it so far, and what is known of the tables."""

    marks: Marks
    values: Values
    tables: set[str] = field(default_factory=set)
    notes: dict[str, Any] = field(default_factory=dict)


_WATCH = """
CREATE TRIGGER stillwater_page_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION product_content_count_change();
INSERT INTO product_content_pagechange (relation, changes) VALUES ('{table}', 0);
"""
_FORGET = """
DROP TRIGGER stillwater_page_change ON {table};
DELETE FROM product_content_pagechange WHERE relation = '{table}';
"""
# Sales also begin and end by the clock alone: from start to end, both included, as Saleor has it.
_MARKS = """
SELECT relation, sum(changes)::bigint, max(writer), CASE WHEN relation = 'discount_sale' THEN ARRAY[
    (SELECT count(*) FROM discount_sale WHERE start_date <= %(now)s),
    (SELECT count(*) FROM discount_sale WHERE end_date < %(now)s)] END
FROM product_content_pagechange GROUP BY relation
"""
_making: ContextVar[_Making | None] = ContextVar("making", default=None)
_WORD = re.compile(r"\w+")


def watch_tables(*tables: str) -> list[RunSQL]:
    """Return the operations that let pages be made of these tables, from then on."""
    return [RunSQL(_WATCH.format(table=name), _FORGET.format(table=name)) for name in tables]


def marks() -> Marks:
    """Return, by watched table, a value that differs once what pages show of it has changed.

    The day is among them, as `DAY`. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, {"now": timezone.now()})
        found: dict[str, object] = {name: tuple(mark) for name, *mark in cursor}
    return {**found, DAY: timezone.localdate()}


@contextmanager
def tables_read(known: Marks | None = None, values: Values | None = None) -> Iterator[set[str]]:
    """Collect the names of our tables in the statements that this thread runs meanwhile.

    `known` are the marks of the tables as they are now, and `values` what `kept_value` keeps.
    """
    making = _Making(known or {}, {} if values is None else values)

    def note(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        making.tables.update(_tables().intersection(_WORD.findall(sql)))
        return execute(sql, *arguments)

    outside = _making.set(making)
    try:
        with connection.execute_wrapper(note):
            yield making.tables
    finally:
        _making.reset(outside)


def notes_of_page() -> dict[str, Any] | None:
    """Return what may be noted while a page is made that is kept, so as to be read once; else None.

    What such a page shows must come from the tables, and not from the cache.
    """
    making = _making.get()
    return making.notes if making else None


def kept_value(name: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` reads, anew once a table that it read has changed or the day has.

    For what many pages need and few changes touch, as what thousands of products are chosen by:
    a sale makes all lists anew, but not this. `name` says whatever else it depends on, the language
    above all. The value is shared, so nobody may change it. Where no page is made it is not kept.
    """
    if (page := _making.get()) is None:
        return make()
    made_of, value = page.values.get(name, ({}, None))
    if not made_of or any(page.marks.get(table) != mark for table, mark in made_of.items()):
        with tables_read(page.marks, page.values) as tables:
            value = make()
        made_of = {table: page.marks.get(table) for table in (*tables, DAY)}
        if made_of.keys() <= page.marks.keys():  # whoever makes the page says so if not
            page.values[name] = made_of, value
    page.tables.update(made_of.keys() - {DAY})
    return cast("T", value)


@cache
def _tables() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models)

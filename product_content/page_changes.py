"""When what public pages show has changed: in the database, or because a time has come.

Tables that pages read are watched (`watch_tables`, in a migration): a trigger counts each statement
that writes to one, in the writer's own transaction (migration 0012). So the count changes when
others can see what was written, whoever wrote it: staff, an order, a task, psql. Whoever keeps a
page notes the counts of the tables it was made of (`tables_read`), and asks for them again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations import RunSQL
from django.utils import timezone

DAY = "(day)"  # the day that pages are of: a publication date may have come with it

Marks = Mapping[str, object]

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
_collecting: ContextVar[dict[str, Any] | None] = ContextVar("collecting", default=None)
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
def tables_read() -> Iterator[set[str]]:
    """Collect the names of our tables in the statements that this thread runs meanwhile."""
    found: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        found.update(_tables().intersection(_WORD.findall(sql)))
        return execute(sql, *arguments)

    outside = _collecting.set({})
    try:
        with connection.execute_wrapper(note):
            yield found
    finally:
        _collecting.reset(outside)


def notes_of_page() -> dict[str, Any] | None:
    """Return what may be noted while a page is made that is kept, so as to be read once; else None.

    What such a page shows must come from the tables, and not from the cache.
    """
    return _collecting.get()


@cache
def _tables() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models)

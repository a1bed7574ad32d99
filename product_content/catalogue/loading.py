"""Loading: in one transaction, idempotent, and without overwriting what staff changed.

For each field the fingerprint of what was last loaded is remembered. A field that still has it is
ours to change; one that differs was edited in the dashboard and stays, unless `force`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from saleor.product.models import Product
from saleor.product.utils.variant_prices import update_products_minimal_variant_prices
from saleor.shipping.models import ShippingZone

from product_content.catalogue.adapters import ADAPTERS
from product_content.catalogue.adapters.base import Adapter, MissingReference, Refs
from product_content.catalogue.adapters.shop import site_item
from product_content.catalogue.files import CATALOGUE, DATA, read_files
from product_content.catalogue.items import DesiredState, Item
from product_content.catalogue.located_yaml import CatalogueRefused, FileLocation, Problem
from product_content.models import CatalogueRecord, render_guides
from product_content.search.indexing import rebuild_search

_MAX_SHOWN = 60
_CHARACTERS_BEFORE = 15


@dataclass(frozen=True)
class Change:
    """What happened to one object: `created`, `changed`, `kept` or `gone`.

    `fields` holds (before, after) of each field that changed; for `kept`, (staff's, the file's).
    """

    action: str
    kind: str
    key: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the change as lines for a terminal."""
        head = f"{self.action:<8} {self.kind} {self.key}"
        if self.action == "created":
            return [head]
        if self.action == "gone":
            return [f"{head} (no longer in the files; left as it is)"]
        arrow = "kept, not" if self.action == "kept" else "→"
        return [head] + [
            f"           {name}: {_short(old, new)} {arrow} {_short(new, old)}"
            for name, (old, new) in self.fields.items()
        ]


@dataclass
class Report:
    """All changes of a load; objects that were as the files say are only counted."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0

    def count(self) -> Counter[str]:
        """Return how many objects were created, changed, kept, gone and unchanged."""
        return Counter(change.action for change in self.changes) + Counter(unchanged=self.unchanged)

    def lines(self) -> list[str]:
        """Return the whole report as lines for a terminal."""
        counts = self.count()
        names = ("created", "changed", "kept", "unchanged")
        summary = ", ".join(f"{counts[name]} {name}" for name in names)
        return [line for change in self.changes for line in change.lines()] + [summary]


def _short(value: Any, other: Any) -> str:
    """Return a value on one line, from a little before where it differs from `other`."""
    text, rest = " ".join(str(value).split()), " ".join(str(other).split())
    pairs = enumerate(zip(text, rest, strict=False))
    same = next(
        (location for location, (one, two) in pairs if one != two), min(len(text), len(rest))
    )
    start = max(0, same - _CHARACTERS_BEFORE) if same > _MAX_SHOWN // 2 else 0
    shown = text[start : start + _MAX_SHOWN]
    return f"{'…' if start else ''}{shown}{'…' if start + _MAX_SHOWN < len(text) else ''}"


Fields = dict[str, Any]


@dataclass
class Merger:
    """Writes items through the adapter of their kind and keeps the report."""

    adapters: dict[str, Adapter]
    records: dict[tuple[str, str], CatalogueRecord]
    report: Report
    force: bool = False

    def merge(self, item: Item) -> None:
        """Create or change the object, or leave it alone."""
        adapter, record = self.adapters[item.kind], self.records.get((item.kind, item.key))
        object_id = self._find(adapter, item, record)
        if object_id is None:
            self._create(adapter, item, record)
        elif item.initial:
            self.report.unchanged += 1
        else:
            self._update(adapter, item, self._known(adapter, item, record, object_id))

    def _find(self, adapter: Adapter, item: Item, record: CatalogueRecord | None) -> str | None:
        if record and adapter.exists(record.object_id):
            return record.object_id
        return adapter.find(item)

    def _create(self, adapter: Adapter, item: Item, record: CatalogueRecord | None) -> None:
        if record and not self.force:
            deleted = {"deleted": ("in the dashboard", "created again")}
            self.report.changes.append(Change("kept", item.kind, item.key, deleted))
            return
        record = record or CatalogueRecord(kind=item.kind, key=item.key)
        record.object_id = adapter.create(item)
        self._remember(record, item.fields)
        self.report.changes.append(Change("created", item.kind, item.key))

    def _known(
        self, adapter: Adapter, item: Item, record: CatalogueRecord | None, object_id: str
    ) -> CatalogueRecord:
        """Return the record of an object; without one it was there before, or is staff's own."""
        record = record or CatalogueRecord(kind=item.kind, key=item.key)
        if record.object_id != object_id:
            current = adapter.read(object_id) if adapter.adopts else {}
            record.object_id = object_id
            record.fingerprints = {name: fingerprint(value) for name, value in current.items()}
        return record

    def _update(self, adapter: Adapter, item: Item, record: CatalogueRecord) -> None:
        current = adapter.read(record.object_id)
        differing = {k: v for k, v in item.fields.items() if current[k] != v}
        ours = {k: v for k, v in differing.items() if self._is_ours(record, k, current[k])}
        theirs = differing.keys() - ours.keys()
        if ours:
            adapter.update(record.object_id, item, ours)
            self._report_fields("changed", item, current, ours)
        if theirs:
            self._report_fields("kept", item, current, {k: differing[k] for k in sorted(theirs)})
        if not differing:
            self.report.unchanged += 1
        self._remember(record, {k: v for k, v in item.fields.items() if k not in theirs})

    def _is_ours(self, record: CatalogueRecord, name: str, current: Any) -> bool:
        return self.force or record.fingerprints.get(name) == fingerprint(current)

    def _report_fields(self, action: str, item: Item, current: Fields, wanted: Fields) -> None:
        fields = {name: (current[name], value) for name, value in wanted.items()}
        self.report.changes.append(Change(action, item.kind, item.key, fields))

    def _remember(self, record: CatalogueRecord, loaded: Fields) -> None:
        prints = record.fingerprints | {k: fingerprint(v) for k, v in loaded.items()}
        if record._state.adding or prints != record.fingerprints:
            record.fingerprints = prints
            record.save()
            self.records[record.kind, record.key] = record


def fingerprint(value: Any) -> str:
    """Return a short digest of a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_LOCK = 0x57_17_1A  # any number that no other advisory lock of the shop uses


def load_catalogue(*, folder: Path = DATA, dry_run: bool = False, force: bool = False) -> Report:
    """Make the shop match the files of `folder`, and return what changed.

    `dry_run` writes nothing. `force` also overwrites what staff edited; stock that exists is
    never changed. Raises CatalogueRefused, and then nothing was changed.
    """
    wanted = read_files(folder)
    with transaction.atomic():
        report = _write(wanted, force=force)
        transaction.set_rollback(dry_run)
    return report


def _write(wanted: DesiredState, *, force: bool) -> Report:
    _wait_for_other_loads()
    _check_currency()
    records = {(record.kind, record.key): record for record in CatalogueRecord.objects.all()}
    refs, report = Refs(records), Report()
    adapters = {kind: adapter(refs) for kind, adapter in ADAPTERS.items()}
    merger = Merger(adapters, records, report, force=force)
    wanted.items.append(site_item())
    for kind in ADAPTERS:
        for item in wanted.of(kind):
            _merge(merger, item)
    _check_home_is_served(wanted)
    _report_gone(wanted, records, report)
    _update_lowest_prices(report)
    _update_footnotes(report)
    rebuild_search()  # its texts also change with their translations
    _check_rules()
    return report


def _merge(merger: Merger, item: Item) -> None:
    try:
        merger.merge(item)
    except MissingReference as missing:
        message = f"{item} {missing}; it may have been deleted in the dashboard (--force)"
        raise CatalogueRefused([Problem(item.location, message)]) from missing


def _wait_for_other_loads() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _check_currency() -> None:
    """Refuse to load into a shop whose prices are in another currency."""
    shops = settings.DEFAULT_CURRENCY
    other = Product.objects.exclude(currency=shops).values_list("currency", flat=True).first()
    if other:
        message = (
            f"is {shops}, and there are prices in {other}: a shop keeps the currency of its first "
            f"start. Set it to {other}, or begin with an empty database."
        )
        raise CatalogueRefused([Problem(FileLocation("settings", 0, "DEFAULT_CURRENCY"), message)])


def _check_home_is_served(wanted: DesiredState) -> None:
    """Refuse goods that would all be "sold out", as lists show what can be sent to the home."""
    home = settings.DEFAULT_COUNTRY
    zones = ShippingZone.objects.filter(countries__contains=home, warehouses__isnull=False)
    if wanted.of("product") and not zones.exists():
        message = (
            f"no zone with a warehouse delivers to {home}, the DEFAULT_COUNTRY, so every product "
            f"would be sold out. Add {home} to the countries of a zone."
        )
        raise CatalogueRefused([Problem(FileLocation(CATALOGUE, 1, "shipping"), message)])


def _report_gone(
    wanted: DesiredState, records: dict[tuple[str, str], CatalogueRecord], report: Report
) -> None:
    known = {(item.kind, item.key) for item in wanted.items}
    report.changes += [Change("gone", *key) for key in sorted(records.keys() - known)]


def _update_lowest_prices(report: Report) -> None:
    """Keep the column that Saleor sorts and filters by; its own tasks run only on single saves."""
    if any(change.kind in ("product", "variant") for change in report.changes):
        update_products_minimal_variant_prices(Product.objects.all())


def _update_footnotes(report: Report) -> None:
    """Print in every guide what its claims and their sources say now."""
    if any(change.kind in ("source", "claim") for change in report.changes):
        render_guides()


def _check_rules() -> None:
    """Run the checks that the database defers to the commit, so that a dry run fails too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        message = str(error).splitlines()[0]
        raise CatalogueRefused([Problem(FileLocation(CATALOGUE, 1, ""), message)]) from error

"""Bringing one object to what the files say, without overwriting what staff changed.

For each field the fingerprint of what was last loaded is remembered. A field that still has it is
ours to change; one that differs was edited in the dashboard and stays, unless `force`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from product_content.models import CatalogueRecord
from product_content.services.catalogue.items import Item
from product_content.services.catalogue.report import Change, Report
from product_content.services.catalogue.stores import Store

Fields = dict[str, Any]


@dataclass
class Merger:
    """Writes items through the store of their kind and keeps the report."""

    stores: dict[str, Store]
    records: dict[tuple[str, str], CatalogueRecord]
    report: Report
    force: bool = False

    def merge(self, item: Item) -> None:
        """Create or change the object, or leave it alone."""
        store, record = self.stores[item.kind], self.records.get((item.kind, item.key))
        object_id = self._find(store, item, record)
        if object_id is None:
            self._create(store, item, record)
        elif item.initial:
            self.report.unchanged += 1
        else:
            self._update(store, item, self._known(store, item, record, object_id))

    def _find(self, store: Store, item: Item, record: CatalogueRecord | None) -> str | None:
        if record and store.exists(record.object_id):
            return record.object_id
        return store.find(item)

    def _create(self, store: Store, item: Item, record: CatalogueRecord | None) -> None:
        if record and not self.force:
            deleted = {"deleted": ("in the dashboard", "created again")}
            self.report.changes.append(Change("kept", item.kind, item.key, deleted))
            return
        record = record or CatalogueRecord(kind=item.kind, key=item.key)
        record.object_id = store.create(item)
        self._remember(record, item.fields)
        self.report.changes.append(Change("created", item.kind, item.key))

    def _known(
        self, store: Store, item: Item, record: CatalogueRecord | None, object_id: str
    ) -> CatalogueRecord:
        """Return the record of an object; without one it was there before, or is staff's own."""
        record = record or CatalogueRecord(kind=item.kind, key=item.key)
        if record.object_id != object_id:
            current = store.read(object_id) if store.adopts else {}
            record.object_id = object_id
            record.fingerprints = {name: fingerprint(value) for name, value in current.items()}
        return record

    def _update(self, store: Store, item: Item, record: CatalogueRecord) -> None:
        current = store.read(record.object_id)
        differing = {k: v for k, v in item.fields.items() if current[k] != v}
        ours = {k: v for k, v in differing.items() if self._is_ours(record, k, current[k])}
        theirs = differing.keys() - ours.keys()
        if ours:
            store.update(record.object_id, item, ours)
            self._tell("changed", item, current, ours)
        if theirs:
            self._tell("kept", item, current, {k: differing[k] for k in sorted(theirs)})
        if not differing:
            self.report.unchanged += 1
        self._remember(record, {k: v for k, v in item.fields.items() if k not in theirs})

    def _is_ours(self, record: CatalogueRecord, name: str, current: Any) -> bool:
        return self.force or record.fingerprints.get(name) == fingerprint(current)

    def _tell(self, action: str, item: Item, current: Fields, wanted: Fields) -> None:
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

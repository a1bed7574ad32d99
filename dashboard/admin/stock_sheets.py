"""What each sheet of goods is called, and what posting it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.admin.stock_sheet_forms import (
    CountForm,
    KitForm,
    LossForm,
    MoveForm,
    ReceiptForm,
    SheetForm,
)
from plugins.inventory import services
from plugins.inventory.errors import StockRefused
from plugins.inventory.selectors.kits import kit_rows
from plugins.inventory.selectors.sheets import SheetRow, read_sheet

Data = dict[str, Any]
Post = Callable[[Data, list[SheetRow], Mapping[str, Any]], None]


@dataclass(frozen=True)
class Sheet:
    """One kind of sheet. `sign` says whether pieces are put (1) or taken (-1); 0 for a count."""

    title: str
    intro: str
    form: type[SheetForm]
    post: Post
    done: str
    sign: int = 1

    def rows(self, data: Data) -> list[SheetRow]:
        """Return what the sheet would do, a row per SKU. Raises StockRefused."""
        if self.form is KitForm:
            return kit_rows(data["variant"].pk, _kits(data), data["warehouse"].pk)
        return read_sheet(data["scans"], warehouse_id=data["warehouse"].pk)


def _common(data: Data) -> Data:
    return {"key": data["key"], "warehouse_id": data["warehouse"].pk, "note": data["note"]}


def _pieces(rows: list[SheetRow]) -> dict[int, int]:
    return {row.variant_id: row.pieces for row in rows}


def _kits(data: Data) -> int:
    return int(data["kits"] if data["direction"] == "make" else -data["kits"])


def _receive(data: Data, rows: list[SheetRow], sent: Mapping[str, Any]) -> None:
    services.receive_goods(**_common(data), pieces=_pieces(rows), actor_id=sent["actor_id"])


def _write_off(data: Data, rows: list[SheetRow], sent: Mapping[str, Any]) -> None:
    services.write_off(**_common(data), pieces=_pieces(rows), actor_id=sent["actor_id"])


def _set_aside(data: Data, rows: list[SheetRow], sent: Mapping[str, Any]) -> None:
    services.set_aside(**_common(data), pieces=_pieces(rows), actor_id=sent["actor_id"])


def _move(data: Data, rows: list[SheetRow], sent: Mapping[str, Any]) -> None:
    services.move_goods(
        key=data["key"],
        from_id=data["warehouse"].pk,
        to_id=data["target"].pk,
        pieces=_pieces(rows),
        actor_id=sent["actor_id"],
        note=data["note"],
    )


def _count(data: Data, rows: list[SheetRow], sent: Mapping[str, Any]) -> None:
    seen = sent["seen"]
    if any(row.variant_id not in seen for row in rows):
        raise StockRefused("You scanned more since. Please look at the differences once more.")
    counted = {row.variant_id: services.Counted(seen[row.variant_id], row.pieces) for row in rows}
    services.post_count(**_common(data), counted=counted, actor_id=sent["actor_id"])


def _kit(data: Data, rows: list[SheetRow], sent: Mapping[str, Any]) -> None:
    act = services.make_kits if data["direction"] == "make" else services.break_kits
    act(
        **_common(data),
        variant_id=data["variant"].pk,
        kits=data["kits"],
        actor_id=sent["actor_id"],
    )


RECEIVE = Sheet(
    "Receive goods",
    "Scan what came out of the box. Check it, then post it.",
    ReceiptForm,
    _receive,
    "The goods are on the shelf.",
)
COUNT = Sheet(
    "Count a shelf",
    "Scan or type what is there, without looking at the books. The differences come next.",
    CountForm,
    _count,
    "The count is posted.",
    sign=0,
)
MOVE = Sheet(
    "Move goods",
    "From one warehouse to another. What orders have reserved stays.",
    MoveForm,
    _move,
    "The goods are moved.",
    sign=-1,
)
KITS = Sheet(
    "Assemble or break up sets",
    "Singles become a set of the same make, or a set becomes its singles.",
    KitForm,
    _kit,
    "Done: the sets and the singles are booked.",
)
SET_ASIDE = Sheet(
    "Set goods aside",
    "For what has to be looked at: it is not sold until it is moved back, or written off.",
    LossForm,
    _set_aside,
    "The goods are set aside.",
    sign=-1,
)
WRITE_OFF = Sheet(
    "Write goods off",
    "For what is damaged, lost or may not be sold.",
    LossForm,
    _write_off,
    "The goods are written off.",
    sign=-1,
)

"""Stock documents: receive, count, move, assemble, set aside and write off goods.

Each kind of document has a form, a list of what it would change, and a service that posts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.decorators import action

from dashboard.admin.stock.forms import (
    CountForm,
    KitForm,
    ReceiptForm,
    StockDocumentForm,
    TransferForm,
    WriteOffForm,
)
from plugins.inventory import documents
from plugins.inventory.documents import DocumentLine, kit_document_lines, read_document
from plugins.inventory.policies import StockRefused
from plugins.ordering.attention import short_orders
from product_content.parsing import parse_id

Data = dict[str, Any]
Post = Callable[[Data, list[DocumentLine], Mapping[str, Any]], None]


@dataclass(frozen=True)
class StockDocument:
    """One kind of document. `sign`: pieces are added (1) or taken (-1); 0 for a count."""

    title: str
    intro: str
    form: type[StockDocumentForm]
    post: Post
    done: str
    sign: int = 1

    def rows(self, data: Data) -> list[DocumentLine]:
        """Return what the document would do, a row per SKU. Raises StockRefused."""
        if self.form is KitForm:
            return kit_document_lines(data["variant"].pk, _signed_kits(data), data["warehouse"].pk)
        return read_document(data["scans"], warehouse_id=data["warehouse"].pk)


def _common_values(data: Data) -> Data:
    return {"key": data["key"], "warehouse_id": data["warehouse"].pk, "note": data["note"]}


def _pieces_by_variant(rows: list[DocumentLine]) -> dict[int, int]:
    return {row.variant_id: row.pieces for row in rows}


def _signed_kits(data: Data) -> int:
    return int(data["kits"] if data["direction"] == "make" else -data["kits"])


def _receive(data: Data, rows: list[DocumentLine], sent: Mapping[str, Any]) -> None:
    documents.receive_goods(
        **_common_values(data), pieces=_pieces_by_variant(rows), actor_id=sent["actor_id"]
    )


def _write_off(data: Data, rows: list[DocumentLine], sent: Mapping[str, Any]) -> None:
    documents.write_off(
        **_common_values(data), pieces=_pieces_by_variant(rows), actor_id=sent["actor_id"]
    )


def _set_aside(data: Data, rows: list[DocumentLine], sent: Mapping[str, Any]) -> None:
    documents.set_aside(
        **_common_values(data), pieces=_pieces_by_variant(rows), actor_id=sent["actor_id"]
    )


def _move(data: Data, rows: list[DocumentLine], sent: Mapping[str, Any]) -> None:
    documents.move_goods(
        key=data["key"],
        from_id=data["warehouse"].pk,
        to_id=data["target"].pk,
        pieces=_pieces_by_variant(rows),
        actor_id=sent["actor_id"],
        note=data["note"],
    )


def _count(data: Data, rows: list[DocumentLine], sent: Mapping[str, Any]) -> None:
    expected = sent["expected"]
    if any(row.variant_id not in expected for row in rows):
        raise StockRefused("You scanned more since. Please look at the differences once more.")
    counted = {
        row.variant_id: documents.CountedPieces(expected[row.variant_id], row.pieces)
        for row in rows
    }
    documents.post_count(**_common_values(data), counted=counted, actor_id=sent["actor_id"])


def _assemble(data: Data, rows: list[DocumentLine], sent: Mapping[str, Any]) -> None:
    act = documents.make_kits if data["direction"] == "make" else documents.break_kits
    act(
        **_common_values(data),
        variant_id=data["variant"].pk,
        kits=data["kits"],
        actor_id=sent["actor_id"],
    )


RECEIVE = StockDocument(
    "Receive goods",
    "Scan what came out of the box. Check it, then post it.",
    ReceiptForm,
    _receive,
    "The goods are on the shelf.",
)
COUNT = StockDocument(
    "Count a shelf",
    "Scan or type what is there, without looking at the books. The differences come next.",
    CountForm,
    _count,
    "The count is posted.",
    sign=0,
)
MOVE = StockDocument(
    "Move goods",
    "From one warehouse to another. What orders have reserved stays.",
    TransferForm,
    _move,
    "The goods are moved.",
    sign=-1,
)
KITS = StockDocument(
    "Assemble or break up sets",
    "Singles become a set of the same make, or a set becomes its singles.",
    KitForm,
    _assemble,
    "Done: the sets and the singles are booked.",
)
SET_ASIDE = StockDocument(
    "Set goods aside",
    "For what has to be looked at: it is not sold until it is moved back, or written off.",
    WriteOffForm,
    _set_aside,
    "The goods are set aside.",
    sign=-1,
)
WRITE_OFF = StockDocument(
    "Write goods off",
    "For what is damaged, lost or may not be sold.",
    WriteOffForm,
    _write_off,
    "The goods are written off.",
    sign=-1,
)


_EXPECTED_FIELD = re.compile(r"^expected-(\d+)$")


class StockDocumentPages:
    """Mixed into `StockAdmin`: a page per kind of document, and links to them above the table.

    Unfold's header would hold them too, but its menus open by a script, and by no key.
    """

    actions_list = ("receive", "count", "move", "kits", "set_aside", "write_off")
    list_before_template = "dashboard/stock_links.html"
    work = (
        ("admin:dashboard_stockitem_receive", "Receive", "archive"),
        ("admin:dashboard_stockitem_count", "Count", "checklist"),
        ("admin:dashboard_stockitem_move", "Move", "sync_alt"),
        ("admin:dashboard_stockitem_kits", "Sets", "widgets"),
        ("admin:dashboard_stockitem_set_aside", "Set aside", "front_hand"),
        ("admin:dashboard_stockitem_write_off", "Write off", "delete"),
        ("staff-bins", "Bins", "shelves"),
    )

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """Return nothing for the header."""
        return []

    @action(description="Receive", url_path="receive", permissions=["change"])
    def receive(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a delivery."""
        return self._document_page(request, RECEIVE)

    @action(description="Count", url_path="count", permissions=["change"])
    def count(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a count."""
        return self._document_page(request, COUNT)

    @action(description="Move", url_path="move", permissions=["change"])
    def move(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a move."""
        return self._document_page(request, MOVE)

    @action(description="Sets", url_path="kits", permissions=["change"])
    def kits(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is assembled or broken up."""
        return self._document_page(request, KITS)

    @action(description="Set aside", url_path="aside", permissions=["change"])
    def set_aside(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is set aside."""
        return self._document_page(request, SET_ASIDE)

    @action(description="Write off", url_path="write-off", permissions=["change"])
    def write_off(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is written off."""
        return self._document_page(request, WRITE_OFF)

    def _document_page(self, request: HttpRequest, document: StockDocument) -> HttpResponse:
        form = document.form(request.POST if request.method == "POST" else None)
        rows: list[DocumentLine] = []
        problems: tuple[str, ...] = ()
        if form.is_valid():
            try:
                rows = document.rows(form.cleaned_data)
                if "post" in request.POST:
                    document.post(form.cleaned_data, rows, _posted_values(request))
                    messages.success(request, document.done)
                    _warn_of_shortage(request, rows)
                    return redirect("admin:dashboard_stockitem_changelist")
            except StockRefused as refused:
                problems = refused.problems
        return self._show(request, document, form, rows, problems)

    def _show(
        self,
        request: HttpRequest,
        document: StockDocument,
        form: StockDocumentForm,
        rows: list[DocumentLine],
        problems: tuple[str, ...],
    ) -> HttpResponse:
        admin: Any = self
        context = {
            **admin.admin_site.each_context(request),
            "title": document.title,
            "opts": admin.opts,
            "document": document,
            "form": form,
            "rows": [_row_context(row, document.sign) for row in rows],
            "problems": problems,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "dashboard/stock_document.html", context, status=status)


def _warn_of_shortage(request: HttpRequest, rows: list[DocumentLine]) -> None:
    """Name the orders that lack pieces of what was just posted."""
    if orders := short_orders(row.variant_id for row in rows):
        numbers = ", ".join(map(str, orders))
        messages.warning(
            request, f"Fewer are there than orders have reserved. These need attention: {numbers}."
        )


def _posted_values(request: HttpRequest) -> dict[str, Any]:
    """Return who posts, and the quantities expected when the differences were shown."""
    named = (
        (parse_id(match[1]), parse_id(request.POST[name]))
        for name in request.POST
        if (match := _EXPECTED_FIELD.match(name))
    )
    expected = {pk: pieces for pk, pieces in named if pk is not None and pieces is not None}
    return {"actor_id": request.user.pk, "expected": expected}


def _row_context(row: DocumentLine, sign: int) -> dict[str, Any]:
    change = sign * row.pieces if sign else row.difference
    return {"row": row, "change": f"{change:+d}" if change else "-", "after": row.on_hand + change}

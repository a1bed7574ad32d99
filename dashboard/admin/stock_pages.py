"""The pages on which goods are received, counted, moved and written off."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.decorators import action

from dashboard.admin import stock_sheets
from dashboard.admin.stock_sheet_forms import SheetForm
from dashboard.admin.stock_sheets import Sheet
from plugins.inventory.errors import StockRefused
from plugins.inventory.selectors.sheets import SheetRow

_SEEN = re.compile(r"^seen-(\d+)$")


class StockPages:
    """Mixed into `StockAdmin`: a page per sheet, and above the table the links that lead there.

    Unfold's header would hold them too, but its menus open by a script, and by no key.
    """

    actions_list = ("receive", "count", "move", "kits", "set_aside", "write_off")
    list_before_template = "dashboard/stock_before.html"
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
        return self._sheet(request, stock_sheets.RECEIVE)

    @action(description="Count", url_path="count", permissions=["change"])
    def count(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a count."""
        return self._sheet(request, stock_sheets.COUNT)

    @action(description="Move", url_path="move", permissions=["change"])
    def move(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a move."""
        return self._sheet(request, stock_sheets.MOVE)

    @action(description="Sets", url_path="kits", permissions=["change"])
    def kits(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is assembled or broken up."""
        return self._sheet(request, stock_sheets.KITS)

    @action(description="Set aside", url_path="aside", permissions=["change"])
    def set_aside(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is set aside."""
        return self._sheet(request, stock_sheets.SET_ASIDE)

    @action(description="Write off", url_path="write-off", permissions=["change"])
    def write_off(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is written off."""
        return self._sheet(request, stock_sheets.WRITE_OFF)

    def _sheet(self, request: HttpRequest, sheet: Sheet) -> HttpResponse:
        form = sheet.form(request.POST if request.method == "POST" else None)
        rows: list[SheetRow] = []
        problems: tuple[str, ...] = ()
        if form.is_valid():
            try:
                rows = sheet.rows(form.cleaned_data)
                if "post" in request.POST:
                    sheet.post(form.cleaned_data, rows, _sent(request))
                    messages.success(request, sheet.done)
                    return redirect("admin:dashboard_stockitem_changelist")
            except StockRefused as refused:
                problems = refused.problems
        return self._show(request, sheet, form, rows, problems)

    def _show(
        self,
        request: HttpRequest,
        sheet: Sheet,
        form: SheetForm,
        rows: list[SheetRow],
        problems: tuple[str, ...],
    ) -> HttpResponse:
        admin: Any = self
        context = {
            **admin.admin_site.each_context(request),
            "title": sheet.title,
            "opts": admin.opts,
            "sheet": sheet,
            "form": form,
            "rows": [_shown(row, sheet.sign) for row in rows],
            "problems": problems,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "dashboard/stock_sheet.html", context, status=status)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return who posts, and what the books said when the differences were shown."""
    seen = {
        int(match[1]): int(request.POST[name])
        for name in request.POST
        if (match := _SEEN.match(name)) and request.POST[name].isdecimal()
    }
    return {"actor_id": request.user.pk, "seen": seen}


def _shown(row: SheetRow, sign: int) -> dict[str, Any]:
    change = sign * row.pieces if sign else row.difference
    return {"row": row, "change": f"{change:+d}" if change else "-", "after": row.on_hand + change}

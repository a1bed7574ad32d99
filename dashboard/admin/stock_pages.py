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
    """Mixed into `StockAdmin`: a page per sheet, and the buttons that lead there."""

    actions_list = (
        "receive",
        "count",
        {
            "title": "More",
            "icon": "more_vert",
            "items": ["move", "kits", "set_aside", "write_off", "shelve"],
        },
    )

    @action(description="Receive", url_path="receive", icon="archive", permissions=["change"])
    def receive(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a delivery."""
        return self._sheet(request, stock_sheets.RECEIVE)

    @action(description="Count", url_path="count", icon="checklist", permissions=["change"])
    def count(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a count."""
        return self._sheet(request, stock_sheets.COUNT)

    @action(description="Move", url_path="move", icon="sync_alt", permissions=["change"])
    def move(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post a move."""
        return self._sheet(request, stock_sheets.MOVE)

    @action(description="Sets", url_path="kits", icon="widgets", permissions=["change"])
    def kits(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is assembled or broken up."""
        return self._sheet(request, stock_sheets.KITS)

    @action(description="Set aside", url_path="aside", icon="front_hand", permissions=["change"])
    def set_aside(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is set aside."""
        return self._sheet(request, stock_sheets.SET_ASIDE)

    @action(description="Write off", url_path="write-off", icon="delete", permissions=["change"])
    def write_off(self, request: HttpRequest) -> HttpResponse:
        """Show, check and post what is written off."""
        return self._sheet(request, stock_sheets.WRITE_OFF)

    @action(description="Bins", url_path="bins", icon="shelves", permissions=["change"])
    def shelve(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page that says what lies where; those who pack use it too."""
        return redirect("staff-bins")

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

"""The stock table as CSV or XLSX: out, and in with a dry run that shows what would change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.results import Result
from import_export.tmp_storages import CacheStorage
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from dashboard.admin.stock_resource import StockResource
from dashboard.services.stock_progress import forget_progress, read_progress


class _AsCsv(ExportForm):
    """Offers CSV first: one click is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].initial = "0"


class StockFiles(ImportExportMixin):
    """Mixed into `StockAdmin`: the import and export of django-import-export."""

    resource_classes = (StockResource,)
    formats = (CSV, XLSX)
    import_formats = export_formats = (CSV, XLSX)
    import_form_class = ImportForm
    export_form_class = _AsCsv
    import_template_name = "dashboard/stock_import.html"
    tmp_storage_class = CacheStorage  # any of the web servers may take the second step
    skip_admin_log = True  # the ledger has it all
    show_change_form_export = False

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may change stock may import it."""
        return bool(self.is_permitted(request))

    has_export_permission = has_import_permission

    def get_urls(self) -> list[Any]:
        """Add the address that says how far an import is."""
        view = self.admin_site.admin_view(self.progress_view)
        own = path("import/progress/", view, name="dashboard_stockitem_import_progress")
        return [own, *super().get_urls()]

    def progress_view(self, request: HttpRequest) -> JsonResponse:
        """Say how many lines of how many are read, of this person's import."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        done, total = read_progress(user_id=request.user.pk or 0)
        return JsonResponse({"done": done, "total": total})

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or what the file would change."""
        forget_progress(user_id=request.user.pk or 0)
        return super().import_action(request, **kwargs)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the file over."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        forget_progress(user_id=request.user.pk or 0)
        return super().process_import(request, **kwargs)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let one line that is wrong take all the others back."""
        return {"rollback_on_validation_errors": True}

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Say that it is done, or that something changed since the dry run."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request, "Nothing was imported: the stock changed meanwhile. Please try again."
            )
            return redirect("admin:dashboard_stockitem_import")
        return super().process_result(result, request)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        """Say how many lines changed something."""
        changed, same = result.totals["update"], result.totals["skip"]
        messages.success(request, f"Imported. Lines that changed: {changed}; as before: {same}.")

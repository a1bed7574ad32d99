"""The stock table as CSV or XLSX: exported, and imported after a dry run of all changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.db.models.functions import Upper
from django.forms import CharField, ChoiceField, HiddenInput
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from import_export import fields, instance_loaders, resources, widgets
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ConfirmImportForm
from import_export.results import Result, RowResult
from import_export.tmp_storages import CacheStorage
from tablib import Dataset
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from dashboard.models import StockItem
from dashboard.selectors.stock import sizes_of
from dashboard.services.stock import clear_progress, read_progress, store_progress
from plugins.inventory.alerts import set_reorder_points
from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.inventory.policies import may_set_stock
from plugins.inventory.quantities import allocated_pieces, write_quantities
from product_content.parsing import sku_key
from product_content.tables import USUAL, Table, TableRefused, formula_safe, read_csv, read_xlsx


def _dataset(table: Table) -> Dataset:
    return Dataset(*table.rows, headers=table.headings)


class StockCSV(CSV):
    """CSV in the spellings of all spreadsheets, measured before it is read."""

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> Dataset:
        """Return the rows of a file; raises TableRefused."""
        return _dataset(read_csv(in_stream))


class StockXLSX(XLSX):
    """XLSX, measured before it is unpacked."""

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """Return the rows of the first sheet; raises TableRefused."""
        return _dataset(read_xlsx(in_stream))


FORMATS = (StockCSV, StockXLSX)


class StockImportForm(ImportForm):
    """The import form, with a limit for the file."""

    def clean_import_file(self) -> Any:
        """Refuse a file that is too large before any of it is read."""
        file = self.cleaned_data["import_file"]
        if file.size > USUAL.bytes:
            raise ValidationError(f"The file is larger than {USUAL.bytes // 1024**2} MB.")
        return file


class StockConfirmForm(ConfirmImportForm):
    """What the confirming request names: a kept file and one of the formats."""

    import_file_name = CharField(widget=HiddenInput(), max_length=32)
    original_file_name = CharField(widget=HiddenInput(), max_length=200)
    format = ChoiceField(
        widget=HiddenInput(), choices=[(str(number), "") for number in range(len(FORMATS))]
    )
    resource = ChoiceField(widget=HiddenInput(), required=False, choices=[("0", "")])


class StockExportForm(ExportForm):
    """The export form, with CSV selected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].initial = "0"


_MAX_PIECES = 1_000_000


class _PiecesWidget(widgets.IntegerWidget):
    """Whole pieces; anything else is an error of the field, not of the line."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        """Return the number, None for an empty cell."""
        text = "" if value is None else str(value).strip().removesuffix(".0")
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,9}", text):
            raise ValueError(f"“{text[:40]}” is not a whole number.")
        return int(text)


class _StockLoader(instance_loaders.BaseInstanceLoader):
    """Locks and reads all rows of the file at once, by SKU and warehouse."""

    def __init__(self, resource: Any, dataset: Dataset) -> None:
        super().__init__(resource, dataset)
        skus = dataset["sku"] if "sku" in (dataset.headers or ()) else ()
        rows = list(_stock_to_lock().filter(sku_key__in={sku_key(sku) for sku in skus}))
        held = allocated_pieces(row.pk for row in rows)
        for row in rows:
            row.allocated = held.get(row.pk, 0)
        self._rows = {(sku_key(row.sku), row.warehouse_slug): row for row in rows}

    def get_instance(self, row: Mapping[str, Any]) -> StockItem | None:
        """Return the stock that a line of the file names; None if there is none."""
        return self._rows.get(_stock_key(row))


def _stock_to_lock() -> Any:
    plain = StockItem.objects.annotate(
        sku=F("product_variant__sku"),
        sku_key=Upper("product_variant__sku"),
        warehouse_slug=F("warehouse__slug"),
        current=F("quantity"),
        expected=F("quantity"),
        old_point=F("reorder_point__pieces"),
        point=F("reorder_point__pieces"),
    )
    return plain.select_for_update(of=("self",)).order_by("pk")


def _stock_key(row: Mapping[str, Any]) -> tuple[str, str]:
    return sku_key(row["sku"]), str(row["warehouse"]).strip().lower()


class _StockRowResult(RowResult):
    """A line whose stock is among the rows already read; the library would query per line."""

    def add_instance_info(self, instance: Any) -> None:
        """Keep id and SKU."""
        self.object_id, self.object_repr = instance.pk, instance.sku


class StockResource(resources.ModelResource):
    """All lines of the file are imported, or none.

    `on_hand_when_exported` may be left out. Where it is there, a line whose `on_hand` was not
    edited changes nothing, and an edited one is refused if somebody else changed that stock since.
    """

    sku = fields.Field("sku", "sku")
    warehouse = fields.Field("warehouse_slug", "warehouse")
    product = fields.Field(column_name="product", readonly=True)
    kind = fields.Field(column_name="kind", readonly=True)
    sizes = fields.Field(column_name="sizes", readonly=True)
    on_hand = fields.Field("quantity", "on_hand", widget=_PiecesWidget())
    expected = fields.Field("expected", "on_hand_when_exported", widget=_PiecesWidget())
    reserved = fields.Field("allocated", "reserved", readonly=True)
    available = fields.Field("available", "available", readonly=True)
    sold = fields.Field("sold", "sold_in_30_days", readonly=True)
    days_left = fields.Field("days_left", "days_left", readonly=True)
    point = fields.Field("point", "reorder_point", widget=_PiecesWidget())

    class Meta:
        model = StockItem
        fields = (
            "sku", "warehouse", "product", "kind", "sizes", "on_hand", "expected", "reserved",
            "available", "sold", "days_left", "point",
        )  # fmt: skip
        import_id_fields = ("sku", "warehouse")
        instance_loader_class = _StockLoader
        use_bulk = True
        use_transactions = True
        report_skipped = False
        skip_diff = True  # it would copy every row; the page shows the two that can change
        store_instance = True

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Return the rows of the list with the columns that only a file has."""
        return queryset.annotate(
            sku=F("product_variant__sku"),
            warehouse_slug=F("warehouse__slug"),
            expected=F("quantity"),
            point=F("reorder_point__pieces"),
        )

    def export_resource(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the cells of a row, none of which a spreadsheet runs as a formula."""
        return [formula_safe(cell) for cell in super().export_resource(*args, **kwargs)]

    def dehydrate_product(self, stock: Any) -> str:
        """Return the product with its variant."""
        variant = stock.product_variant
        return " ".join(filter(None, (variant.product.name, variant.name)))

    def dehydrate_kind(self, stock: Any) -> str:
        """Return its category, such as sets."""
        category = stock.product_variant.product.category
        return category.slug if category else ""

    def dehydrate_sizes(self, stock: Any) -> str:
        """Return the numbers of its sizes."""
        return ", ".join(map(str, sizes_of(stock)))

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Remember who imports, and which lines have been read."""
        self._user_id: int = kwargs["user"].pk
        self._file = str(kwargs.get("file_name") or "")
        self._total = len(dataset)
        self._known: set[tuple[str, str]] = set()

    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Refuse a duplicate line; record the progress."""
        store_progress(user_id=self._user_id, done=kwargs["row_number"], total=self._total)
        if _stock_key(row) in self._known:
            raise ValidationError({"sku": "This SKU and warehouse stand in the file twice."})
        self._known.add(_stock_key(row))

    def after_init_instance(
        self, instance: Any, new: bool, row: Mapping[str, Any], **kwargs: Any
    ) -> None:
        """Refuse a line for a stock that is not kept: a typing mistake must not begin one."""
        if new:
            sku, warehouse = str(row["sku"]).strip(), str(row["warehouse"]).strip()
            raise ValidationError({"sku": f"There is no stock of “{sku}” in “{warehouse}”."})

    def import_instance(self, instance: Any, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Apply the line; what was not edited since the export keeps today's quantity."""
        super().import_instance(instance, row, **kwargs)
        if "on_hand" not in row or instance.quantity == instance.expected != instance.current:
            instance.quantity = instance.expected = instance.current

    def skip_row(
        self, instance: Any, original: None, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Skip a line that changes nothing."""
        same = (instance.quantity, instance.point) == (instance.current, instance.old_point)
        return same and not import_validation_errors

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Name the field that is wrong, and why."""
        errors: dict[str, Any] = dict(import_validation_errors or {})
        if "quantity" not in errors and (problem := _quantity_problem(instance)):
            errors["on_hand"] = ValidationError(problem)
        if "point" not in errors and not 0 <= (instance.point or 0) <= _MAX_PIECES:
            errors["reorder_point"] = ValidationError(f"Write a number from 0 to {_MAX_PIECES}.")
        if errors:
            raise ValidationError(
                {_COLUMN_NAMES.get(name, name): error for name, error in errors.items()}
            )

    @classmethod
    def get_row_result_class(cls) -> type[_StockRowResult]:
        """Return a line's result that asks the database nothing."""
        return _StockRowResult

    def bulk_update(self, *args: Any, **kwargs: Any) -> None:
        """Write a batch. A dry run writes too, for the database's checks, and is rolled back."""
        reason = StockReason.IMPORTED
        with stock_reason(reason=reason, actor_id=self._user_id, note=self._file):
            write_quantities({stock.pk: stock.quantity for stock in self.update_instances})
        set_reorder_points({stock.pk: stock.point for stock in self.update_instances})
        self.update_instances.clear()

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        """Do nothing: no new rows, so no sequence to reset."""


_COLUMN_NAMES = {
    "quantity": "on_hand",
    "point": "reorder_point",
    "expected": "on_hand_when_exported",
}


def _quantity_problem(instance: Any) -> str:
    if instance.quantity is None:
        return "Write how many are on hand."
    if not 0 <= instance.quantity <= _MAX_PIECES:
        return f"Write a number from 0 to {_MAX_PIECES}."
    if instance.quantity == instance.current:
        return ""
    _allowed, reason = may_set_stock(
        expected=instance.expected, current=instance.current, wanted=instance.quantity
    )
    return reason


_MAX_WRONG_ROWS, _MAX_SHOWN_ROWS = 100, 200  # on one page


def _shown(result: Result) -> dict[str, object]:
    """Return the rows that the page shows of a file, and whether it leaves some out."""
    return {
        "wrong_rows": result.invalid_rows[:_MAX_WRONG_ROWS],
        "wrong_rows_left_out": len(result.invalid_rows) > _MAX_WRONG_ROWS,
        "shown_rows": result.rows[:_MAX_SHOWN_ROWS],
        "shown_rows_left_out": len(result.rows) > _MAX_SHOWN_ROWS,
    }


_UNREADABLE = "This file cannot be read. Choose the format that it has."


class StockImportExport(ImportExportMixin):
    """Mixed into `StockAdmin`: the import and export of django-import-export."""

    resource_classes = (StockResource,)
    formats = import_formats = export_formats = FORMATS
    import_form_class = StockImportForm
    confirm_form_class = StockConfirmForm
    export_form_class = StockExportForm
    import_template_name = "dashboard/stock_import.html"
    tmp_storage_class = CacheStorage  # the confirming request may reach another web process
    skip_admin_log = True  # the ledger has it all
    show_change_form_export = False

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may change stock, and so import it."""
        return bool(self.is_permitted(request))

    has_export_permission = has_import_permission

    def get_urls(self) -> list[Any]:
        """Add the URL of an import's progress."""
        view = self.admin_site.admin_view(self.progress_view)
        own = path("import/progress/", view, name="dashboard_stockitem_import_progress")
        return [own, *super().get_urls()]

    def progress_view(self, request: HttpRequest) -> JsonResponse:
        """Return how many lines of this person's import have been read, and how many there are."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        done, total = read_progress(user_id=request.user.pk or 0)
        return JsonResponse({"done": done, "total": total})

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or what the file would change."""
        clear_progress(user_id=request.user.pk or 0)
        response = super().import_action(request, **kwargs)
        if result := (getattr(response, "context_data", None) or {}).get("result"):
            response.context_data |= _shown(result)
        return response

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        clear_progress(user_id=request.user.pk or 0)
        if request.method == "POST" and not self.create_confirm_form(request).is_valid():
            return self._ask_again(request)
        try:
            return super().process_import(request, **kwargs)
        except TableRefused:  # the kept file is gone
            return self._ask_again(request)

    def _ask_again(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, "This file is not kept any more. Please choose it again.")
        return redirect("admin:dashboard_stockitem_import")

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        """Say why the file was not read."""
        form.add_error(
            "import_file", str(error) if isinstance(error, TableRefused) else _UNREADABLE
        )

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Roll everything back if one line is wrong."""
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

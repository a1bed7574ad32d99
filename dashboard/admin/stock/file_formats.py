"""The formats and the forms of the stock table's files."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CharField, ChoiceField, HiddenInput
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ConfirmImportForm
from tablib import Dataset
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from product_content.tables import USUAL, Table, read_csv, read_xlsx


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

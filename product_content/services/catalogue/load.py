"""Loading: all or nothing, and the same again changes nothing."""

from __future__ import annotations

from pathlib import Path

from django.db import IntegrityError, connection, transaction
from saleor.product.models import Product
from saleor.product.utils.variant_prices import update_products_minimal_variant_prices

from product_content.models import CatalogueRecord, SearchDocument
from product_content.search.services import rebuild_search
from product_content.services.catalogue.files import CATALOGUE, read_files
from product_content.services.catalogue.items import Item, Wanted
from product_content.services.catalogue.merge import Merger
from product_content.services.catalogue.problems import CatalogueRefused, Place, Problem
from product_content.services.catalogue.report import Change, Report
from product_content.services.catalogue.stores import STORES, Refs
from product_content.services.catalogue.stores.base import MissingReference
from product_content.services.catalogue.stores.site import site_item

DATA = Path(__file__).resolve().parents[2] / "data"
_LOCK = 0x57_17_1A  # any number that no other advisory lock of the shop uses


def load_catalogue(*, folder: Path = DATA, dry_run: bool = False, force: bool = False) -> Report:
    """Bring the shop to what the files of `folder` say, and return what changed.

    `dry_run` writes nothing. `force` also overwrites what staff edited; stock that exists is
    never changed. Raises CatalogueRefused, and then nothing was changed.
    """
    wanted = read_files(folder)
    with transaction.atomic():
        report = _write(wanted, force=force)
        transaction.set_rollback(dry_run)
    return report


def _write(wanted: Wanted, *, force: bool) -> Report:
    _one_at_a_time()
    records = {(record.kind, record.key): record for record in CatalogueRecord.objects.all()}
    refs, report = Refs(records), Report()
    stores = {kind: store(refs) for kind, store in STORES.items()}
    merger = Merger(stores, records, report, force=force)
    wanted.items.append(site_item())
    for kind in STORES:
        for item in wanted.of(kind):
            _merge(merger, item)
    _tell_gone(wanted, records, report)
    _update_lowest_prices(report)
    _update_search(report)
    _check_rules()
    return report


def _merge(merger: Merger, item: Item) -> None:
    try:
        merger.merge(item)
    except MissingReference as missing:
        message = f"{item} {missing}; it may have been deleted in the dashboard (--force)"
        raise CatalogueRefused([Problem(item.place, message)]) from missing


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _tell_gone(
    wanted: Wanted, records: dict[tuple[str, str], CatalogueRecord], report: Report
) -> None:
    known = {(item.kind, item.key) for item in wanted.items}
    report.changes += [Change("gone", *key) for key in sorted(records.keys() - known)]


def _update_lowest_prices(report: Report) -> None:
    """Keep the column that Saleor sorts and filters by; its own tasks run only on single saves."""
    if any(change.kind in ("product", "variant") for change in report.changes):
        update_products_minimal_variant_prices(Product.objects.all())


def _update_search(report: Report) -> None:
    """Let the search read what changed; a shop from before the search gets it all."""
    if report.changes or not SearchDocument.objects.exists():
        rebuild_search()


def _check_rules() -> None:
    """Run the rules that the database checks at commit, so that a dry run meets them too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        message = str(error).splitlines()[0]
        raise CatalogueRefused([Problem(Place(CATALOGUE, 1, ""), message)]) from error

"""Another place where goods are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from saleor.account.models import Address
from saleor.core.utils import generate_unique_slug
from saleor.warehouse.models import Warehouse

from plugins.inventory.selectors.levels import QUARANTINE


@transaction.atomic
def add_warehouse(warehouse: Warehouse) -> None:
    """Store a new warehouse under a slug of its own, by which stock files name it.

    Saleor wants an address, which nothing here shows or prints: it gets that of the first one.
    """
    slug = slugify(warehouse.name)
    if slug in ("", QUARANTINE):
        slug = "warehouse"
    warehouse.slug = generate_unique_slug(warehouse, slug)
    warehouse.address = _address()
    warehouse.save()


def _address() -> Address:
    first = Warehouse.objects.select_related("address").order_by("pk").first()
    if first is None:
        return Address.objects.create(country=settings.DEFAULT_COUNTRY)
    return first.address.get_copy()

"""The singles of each size."""

from __future__ import annotations

from collections import defaultdict

from product_content.models import Magnet
from product_content.selectors.cards import build_option, product_url
from product_content.selectors.prices import running_discounts
from product_content.selectors.rows import fetch_rows
from product_content.selectors.sizes import chart
from product_content.types import SingleOffer


def singles_by_size() -> dict[int, tuple[SingleOffer, ...]]:
    """Return what is sold singly in each size, by its number; those without magnets first.

    Two queries. A size that nothing comes in has no entry.
    """
    rows, sizes = fetch_rows(["singles"]), chart()
    discounts = running_discounts(rows)
    found: defaultdict[int, list[SingleOffer]] = defaultdict(list)
    for row in rows:
        option = build_option(row, sizes, discounts)
        if option.size is not None:
            url = f"{product_url(row.kind, row.product_slug)}?option={option.id}"
            magnetic = row.magnet == Magnet.STATIC
            found[option.size.number].append(SingleOffer(row.product_name, url, magnetic, option))
    return {
        number: tuple(sorted(offers, key=lambda offer: (offer.magnetic, offer.name)))
        for number, offers in sorted(found.items())
    }

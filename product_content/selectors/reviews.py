"""Published reviews: those of a product, and what its marks come to.

Nothing of an order is read: public pages are made of the reviews alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from product_content.models import Review, ReviewState
from product_content.types import PublicReview, PublicReviews, Rating

# A mean of fewer says more of chance, and of the few people, than of the product.
MIN_COUNTED = 5
_OPEN = 5  # reviews that a product's page shows at once
_TENTH = Decimal("0.1")
# Of the published reviews of product `p`: how many, and the sums of their marks.
RATING_SQL = """
(SELECT ARRAY[count(*), sum(r.comfort), count(r.size_accuracy), sum(r.size_accuracy),
    sum(r.discretion)]
FROM product_content_review r WHERE r.product_id = p.id AND r.state = 'published')
"""


def build_rating(sums: Sequence[int | None]) -> Rating | None:
    """Return the means of a product's marks from what `RATING_SQL` gives; None for too few.

    The mean of all is that of comfort and size: the parcel is the shop's, not the product's.
    """
    count, comfort, sized, size_accuracy, discretion = (each or 0 for each in sums)
    if count < MIN_COUNTED:
        return None
    about_product = [Decimal(comfort) / count]
    if sized:
        about_product.append(Decimal(size_accuracy) / sized)
    return Rating(
        count=count,
        average=_rounded(sum(about_product, Decimal(0)) / len(about_product)),
        comfort=_rounded(about_product[0]),
        size_accuracy=_rounded(about_product[1]) if sized else None,
        discretion=_rounded(Decimal(discretion) / count),
    )


def _rounded(mean: Decimal) -> Decimal:
    return mean.quantize(_TENTH, ROUND_HALF_UP)


def reviews_of(product_id: int) -> PublicReviews:
    """Return the published reviews of a product, newest first; one query."""
    rows = Review.objects.filter(product_id=product_id, state=ReviewState.PUBLISHED)
    found = [_public(row) for row in rows.order_by("-written_on", "-pk")]
    return PublicReviews(first=tuple(found[:_OPEN]), more=tuple(found[_OPEN:]))


def _public(row: Review) -> PublicReview:
    return PublicReview(
        name=row.name,
        written_on=row.written_on,
        language=row.language,
        comfort=row.comfort,
        size_accuracy=row.size_accuracy,
        discretion=row.discretion,
        text=row.text,
        answer=row.answer,
    )

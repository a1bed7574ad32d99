"""Template context that every page shares. Does no work: no query, no cookie is read."""

from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest

from product_content.kinds import KINDS


def shop(request: HttpRequest) -> dict[str, object]:
    """Return the shop's name, the kinds of products for the menu, and how much a line may hold.

    `harm_contact` is the address to which people report harm.

    The basket's quantity is not here: public pages must be the same for everybody, so the count
    is fetched as a fragment of its own (`storefront:basket_count`).
    """
    return {
        "shop_name": settings.SHOP_NAME,
        "kinds": KINDS.values(),
        "harm_contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "max_quantity": settings.MAX_CHECKOUT_LINE_QUANTITY,
    }

"""Template context that every page shares. Does no work: no query, no cookie is read."""

from django.conf import settings
from django.http import HttpRequest

from product_content.kinds import KINDS
from storefront.cookies import QUICK_EXIT_URL


def shop(request: HttpRequest) -> dict[str, object]:
    """Return what every page needs: names, the menu's kinds, how much a line may hold.

    The basket's quantity is not here: public pages must be the same for everybody, so the count
    is fetched as a fragment of its own (`storefront:basket_count`).
    """
    return {
        "shop_name": settings.SHOP_NAME,
        "quick_exit_url": QUICK_EXIT_URL,
        "kinds": KINDS.values(),
        "max_quantity": settings.MAX_CHECKOUT_LINE_QUANTITY,
    }

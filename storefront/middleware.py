"""What happens around every request of the shop, and what every template is given."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from plugins.ordering.outcomes import shop_address
from product_content.kinds import KINDS
from storefront.cookies import QUICK_EXIT_URL

GetResponse = Callable[[HttpRequest], HttpResponse]


def activate_language_of_path(get_response: GetResponse) -> GetResponse:
    """Activate the language that the address names, and no other.

    Django's LocaleMiddleware would also let a cookie or the browser's choices decide, or at least
    tell caches that they might (`Vary`); a public page here is the same for everybody.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        named = translation.get_language_from_path(request.path_info)
        language = named or settings.LANGUAGE_CODE
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return respond


def shop(request: HttpRequest) -> dict[str, object]:
    """Return what every page needs: names, the menu's kinds, how much a line may hold.

    `harm_contact` is the address to which people report harm. Does no work: no query, no cookie
    is read.

    The basket's quantity is not here: public pages must be the same for everybody, so the count
    is fetched as a fragment of its own (`storefront:basket_count`).
    """
    return {
        "shop_name": settings.SHOP_NAME,
        "quick_exit_url": QUICK_EXIT_URL,
        "kinds": KINDS.values(),
        "harm_contact": shop_address(),
        "max_quantity": settings.MAX_CHECKOUT_LINE_QUANTITY,
    }

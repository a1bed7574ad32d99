"""What happens around every request of the shop, and what every template is given."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext

from plugins.ordering.outcomes import pause_message
from product_content.kinds import KINDS
from product_content.languages import in_english
from product_content.pages import PAGES
from product_content.shop_settings import shop_facts
from storefront.responses import INVALID, REFUSED, TOO_MANY, UNAVAILABLE

GetResponse = Callable[[HttpRequest], HttpResponse]


def activate_language_of_path(get_response: GetResponse) -> GetResponse:
    """Activate the language that the address names, and no other.

    A page in a language that the shop does not offer leads to the English one; a form that was
    sent from it still counts.

    Django's LocaleMiddleware would also let a cookie or the browser's choices decide, or at least
    tell caches that they might (`Vary`); a public page here is the same for everybody.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        named = translation.get_language_from_path(request.path_info)
        language = named or settings.LANGUAGE_CODE
        if named and request.method in {"GET", "HEAD"} and named not in shop_facts().languages:
            return HttpResponseRedirect(in_english(request.get_full_path()))
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return respond


# What a form is answered with that did not do what was asked (`storefront.responses`).
_FAILED = frozenset({INVALID, REFUSED, TOO_MANY, UNAVAILABLE})


def name_failures_in_titles(get_response: GetResponse) -> GetResponse:
    """Begin the title of a page that says why something failed with "Error", in its language.

    It is the first thing that a screen reader says; the rest of the title stays neutral.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            request.method == "POST"
            and response.status_code in _FAILED
            and _is_plain_html(response)
        ):
            failure = gettext("Error:")
            begin = f"<title>{failure} ".encode()
            response.content = response.content.replace(b"<title>", begin, 1)
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response

    return respond


def _is_plain_html(response: HttpResponse) -> bool:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return is_html and not response.streaming and "Content-Encoding" not in response.headers


def shop(request: HttpRequest) -> dict[str, object]:
    """Return what every page needs: names, the menu's kinds, how much a line may hold.

    `harm_contact` is the address to which people report harm; `notices` say when the shop is
    closed, `pause` that no orders are taken, `has_news` that there is something under News. Does no
    work: no cookie is read, and the database is asked once a minute at most.

    The basket's quantity is not here: public pages must be the same for everybody, so the count
    is fetched as a fragment of its own (`storefront:basket_count`).
    """
    facts = shop_facts()
    return {
        "shop_name": facts.name,
        "quick_exit_url": settings.QUICK_EXIT_URL,
        "kinds": KINDS.values(),
        "shop_pages": PAGES,
        "return_days": settings.RETURN_DAYS,
        "harm_contact": facts.contact_email,
        "notices": facts.notices,
        "accent": facts.accent.removeprefix("#"),
        "logo": facts.logo,
        "has_guides": facts.has_guides,
        "has_news": facts.has_news,
        "pause": pause_message(facts.pause) if facts.pause else "",
        "max_quantity": settings.MAX_CHECKOUT_LINE_QUANTITY,
    }

"""Home, guides, the pages about the shop itself, and the quick exit.

The quick exit ends the private view: private pages then ask before they open again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from plugins.order_emails.customer_messages import store_message
from plugins.ordering.payment_provider import offered_methods
from plugins.ordering.retention import RETENTION
from plugins.ordering.submitted_forms import FIELD
from product_content import selectors
from product_content.helpers import list_help
from product_content.kinds import SETS
from product_content.pages import delivery_zones, get_news, get_page, list_news
from product_content.types import GuideCard
from storefront.decorators import same_origin_only
from storefront.forms.orders import TOO_OFTEN, ContactForm, MessageForm
from storefront.limits import is_within
from storefront.order_access import ORDER_ACCESS_LIFETIME
from storefront.page_cache import public_page
from storefront.responses import (
    BASKET_COOKIE_AGE,
    INVALID,
    QUICK_EXIT_COOKIE,
    SEARCH_COOKIE,
    SEARCH_LIFETIME,
    TOO_MANY,
    form_view,
    moved,
    or_404,
    see_other,
)

_ON_HOME = 3  # sets, and twice as many guides


@require_safe
@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """Say what this shop is and let people start from a size."""
    context = {
        "chart": tuple(selectors.list_sizes()),
        "cards": selectors.cards_of(selectors.list_outlines(SETS.slug)[:_ON_HOME]),
        "guides": selectors.list_guides()[: 2 * _ON_HOME],
    }
    return render(request, "storefront/pages/home.html", context)


@require_safe
@public_page()
def health_data(request: HttpRequest) -> HttpResponse:
    """Show the separate notice on consumer health data that some laws require."""
    context = {"methods": offered_methods().values()}
    return render(request, "storefront/pages/health_data.html", context)


@require_safe
@public_page()
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data is kept, which cookies are set, and for how long."""
    context = {
        **_cookies(),
        "hold_minutes": settings.RESERVATION_MINUTES,
        "retention": RETENTION.values(),
        "methods": offered_methods().values(),
    }
    return render(request, "storefront/pages/privacy.html", context)


def _cookies() -> dict[str, object]:
    """Return the name and the life of each cookie, for the table of them."""
    return {
        "basket_cookie": settings.BASKET_COOKIE_NAME,
        "basket_days": BASKET_COOKIE_AGE.days,
        "search_cookie": SEARCH_COOKIE,
        "search_minutes": SEARCH_LIFETIME // timedelta(minutes=1),
        "orders_cookie": settings.ORDERS_COOKIE_NAME,
        "order_access_hours": ORDER_ACCESS_LIFETIME // timedelta(hours=1),
        "form_cookie": settings.CSRF_COOKIE_NAME,
        "staff_cookie": settings.SESSION_COOKIE_NAME,
        "leave_cookie": QUICK_EXIT_COOKIE,
    }


_BESIDE: dict[str, Callable[[], dict[str, object]]] = {
    "cookies": _cookies,
    "delivery": lambda: {"zones": delivery_zones()},
}


@require_safe
@public_page()
def shop_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one of the shop's own pages, with what is worked out beside its words."""
    beside = _BESIDE.get(slug, dict)()
    return render(request, "storefront/pages/shop_page.html", {"page": get_page(slug), **beside})


@form_view
@csrf_exempt  # a token would need a cookie; `_sent` looks where the form comes from
def contact(request: HttpRequest) -> HttpResponse:
    """Show how to reach the shop, with a form; one that was refused keeps what was typed."""
    if request.method == "POST":
        return _sent(request)
    return _contact_page(request, ContactForm(), HTTPStatus.OK)


@same_origin_only
def _sent(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST)
    status = take_message(request, form)
    return see_other("/contact/sent/") if status is None else _contact_page(request, form, status)


def take_message(
    request: HttpRequest, form: MessageForm, order_id: int | None = None
) -> HTTPStatus | None:
    """Store what a form says; None if it is done, or what to answer with.

    A form whose trap is filled in is thanked as well: whoever wrote that program learns nothing.
    """
    if not form.is_valid():
        return INVALID
    if not is_within(request, what="message"):
        form.add_error(None, TOO_OFTEN)
        return TOO_MANY
    if not form.is_trapped:
        token = request.POST.get(FIELD, "")
        store_message(**form.message(), order_id=order_id, form_token=token)
    return None


def _contact_page(request: HttpRequest, form: ContactForm, status: int) -> HttpResponse:
    context = {"page": get_page("contact"), "form": form}
    response = render(request, "storefront/pages/contact.html", context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
@public_page()
def contact_sent(request: HttpRequest) -> HttpResponse:
    """Say that the message came."""
    return render(request, "storefront/pages/contact_sent.html")


@require_safe
@public_page()
def guides(request: HttpRequest) -> HttpResponse:
    """Show all guides by topic."""
    topics: dict[str, list[GuideCard]] = {}
    for card in selectors.list_guides():
        topics.setdefault(card.topic_label, []).append(card)
    return render(request, "storefront/guides/list.html", {"topics": topics})


@require_safe
@public_page()
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide with its sources, its products and what to read next."""
    page = selectors.get_guide(slug)
    if page is None:
        return moved(request, selectors.moved_guide(slug))
    return render(request, "storefront/guides/guide.html", {"guide": page})


@require_safe
@public_page()
def news(request: HttpRequest) -> HttpResponse:
    """Show what the press said and what changed here, in the language of the page."""
    return render(request, "storefront/news/list.html", {"news": list_news()})


@require_safe
@public_page()
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one of them; under another language's address it leads to its own."""
    item = or_404(get_news(slug))
    if item.url != request.path:
        return moved(request, item.url)
    return render(request, "storefront/news/item.html", {"item": item})


@require_safe
@public_page()
def how_we_know(request: HttpRequest) -> HttpResponse:
    """Show every claim of the texts with its sources, for whom it holds, and its limits."""
    context = {"claims": selectors.list_claims(), "sources": selectors.list_sources()}
    return render(request, "storefront/pages/how_we_know.html", context)


@require_safe
@public_page()
def help_countries(request: HttpRequest) -> HttpResponse:
    """Show the countries of which we know organisations that help."""
    return render(request, "storefront/help/countries.html", {"countries": list_help()})


@require_safe
@public_page()
def help_country(request: HttpRequest, code: str) -> HttpResponse:
    """Show the organisations of a country, each with the day it was checked."""
    country = or_404(next((each for each in list_help() if each.code == code), None))
    return render(request, "storefront/help/country.html", {"country": country})


# What a letter can say, by the id of its field.
_DIFFICULTIES = (
    ("tampons", _("Using a tampon or a cup")),
    ("examinations", _("Examinations, such as a smear test")),
    ("sex", _("Sex with penetration")),
    ("pain", _("Pain that stays or comes back")),
    ("fear", _("Fear of pain or of penetration")),
    ("tensing", _("Muscles that tense by themselves")),
)
_WISHES = (
    ("look", _("To look for a cause that needs its own treatment")),
    ("physiotherapy", _("A referral to pelvic health physiotherapy")),
    ("psychosexual", _("A referral to psychosexual therapy")),
    ("prescription", _("Whether dilators can be prescribed for me, or lent by the hospital")),
    ("waiting", _("How long the wait is, and what I can do until then")),
    ("warning", _("What to watch for, and when to come back")),
)
_CONDITIONS = (
    ("talk", _("Today I would like to talk, without an examination.")),
    ("explain", _("Please tell me each step before you take it.")),
    ("stop", _("Please stop at once when I raise my hand.")),
    ("smallest", _("Please use the smallest speculum, or let me insert it.")),
    ("company", _("I would like somebody to be with me.")),
    ("woman", _("I would rather be seen by a woman.")),
    ("longer", _("I may need a longer appointment.")),
)


@require_safe
@public_page()
def letter(request: HttpRequest) -> HttpResponse:
    """Show a letter that is filled in and printed in the browser; nothing of it comes here."""
    return render(request, "storefront/help/letter.html", {
        "difficulties": _DIFFICULTIES, "wishes": _WISHES, "conditions": _CONDITIONS,
    })  # fmt: skip


@require_POST
@same_origin_only
def quick_exit(request: HttpRequest) -> HttpResponse:
    """Close private pages in this browser and lead away; nothing is kept here.

    Scripts may read the cookie: other tabs of the browser look for it, and leave too.
    """
    response = see_other(settings.QUICK_EXIT_URL)
    response.set_cookie(QUICK_EXIT_COOKIE, "1", samesite="Lax", secure=request.is_secure())
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@same_origin_only
def undo_quick_exit(request: HttpRequest) -> HttpResponse:
    """Open private pages again; only asked for by a button on our own page."""
    response = see_other("/basket/")
    response.delete_cookie(QUICK_EXIT_COOKIE, samesite="Lax")
    return response

"""For search engines and shared links: sitemap, robots.txt and pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from product_content import selectors
from product_content.languages import in_english, localized
from storefront import share_image

_PAGES = ("/", "/sets/", "/singles/", "/care/", "/guides/", "/sizes/", "/finder/", "/privacy/")
_KEEP_OUT = ("/basket/", "/checkout/", "/search/", "/pay/")  # orders and staff pages say noindex
_DAY = 24 * 60 * 60


class _OurSitemap(Sitemap):
    """Django's sitemap under the address of the settings; `django.contrib.sites` has a demo one.

    Each page is named in every language, with its alternates.
    """

    i18n = True
    alternates = True

    def get_protocol(self, protocol: str | None = None) -> str:
        """Return PUBLIC_URL's scheme."""
        return str(settings.PUBLIC_URL).partition("://")[0]

    def get_domain(self, site: Any = None) -> str:
        """Return PUBLIC_URL's host."""
        return str(settings.PUBLIC_URL).partition("://")[2]


class Pages(_OurSitemap):
    """Lists and pages of their own."""

    def items(self) -> list[str]:
        """Return their paths."""
        return list(_PAGES)

    def location(self, item: str) -> str:
        """Return the path in the language of now."""
        return localized(item)


class Products(_OurSitemap):
    """Everything that is for sale."""

    def items(self) -> list[Any]:
        """Return the cards of all products."""
        return [*selectors.list_sets(), *selectors.list_singles(), *selectors.list_care()]

    def location(self, item: Any) -> str:
        """Return the product's path in the language of now."""
        return localized(in_english(item.url))


class Guides(_OurSitemap):
    """Published guides."""

    def items(self) -> list[Any]:
        """Return their cards."""
        return list(selectors.list_guides())

    def location(self, item: Any) -> str:
        """Return the guide's path in the language of now."""
        return localized(in_english(item.url))

    def lastmod(self, item: Any) -> Any:
        """Return the day on which its text last changed."""
        return item.updated_on


SITEMAPS = {"pages": Pages, "products": Products, "guides": Guides}


@require_safe
@cache_control(public=True, max_age=_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Say what crawlers should leave alone, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _kept_out())]
    text = "\n".join([*lines, "", f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def share_shop(request: HttpRequest) -> HttpResponse:
    """Return the picture for pages that have none of their own."""
    chart = tuple(selectors.list_sizes())
    numbers = frozenset(size.number for size in chart)
    return _png(share_image.draw(settings.SHOP_NAME, gettext("Find your size"), chart, numbers))


@require_safe
@cache_control(public=True, max_age=_DAY)
def share_product(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Return the picture for a product, or 404."""
    product = selectors.get_product(kind, slug)
    if product is None:
        raise Http404
    chart = tuple(selectors.list_sizes()) if product.sizes else ()
    numbers = frozenset(size.number for size in product.sizes)
    return _png(share_image.draw(product.name, settings.SHOP_NAME, chart, numbers))


def _kept_out() -> list[str]:
    return [localized(path, code) for code, _ in settings.LANGUAGES for path in _KEEP_OUT]


def _png(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="image/png")

"""For search engines, feed readers and shared links: sitemap, robots.txt, feed and pictures.

A picture stands for a page where its link is shared: circles to scale, and a name. It is drawn
with Pillow because such places do not show SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from product_content import selectors
from product_content.colours import COLOUR, is_readable, style_sheet
from product_content.helpers import list_help
from product_content.kinds import KINDS
from product_content.languages import in_english, localized
from product_content.pages import PAGES, NewsPage, list_news, pages_changed_on, public_news
from product_content.shop_settings import shop_facts
from product_content.types import SizeInfo
from storefront.page_cache import public_page
from storefront.responses import or_404

WIDTH, HEIGHT = 1200, 630  # pixels, the proportions that sharing services crop to
_PAPER, _INK, _ACCENT, _PALE = "#f7f3ea", "#14313a", "#17656b", "#b9b6a8"
_MARGIN, _GAP, _LINE = 90, 26, 5
_MIN_FONT_SIZE = 20
# Pillow's own typeface has no dashes and curly quotes.
_TYPED = str.maketrans("\u2013\u2014\u2018\u2019\u201c\u201d", "--''\"\"")


@lru_cache(maxsize=256)
def draw_share_image(
    title: str, name: str, chart: tuple[SizeInfo, ...], filled: frozenset[int]
) -> bytes:
    """Return a PNG with the chart as circles, those in `filled` (numbers) full, and two texts."""
    title, name = title.translate(_TYPED), name.translate(_TYPED)
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    _circles(pen, chart, filled)
    pen.text((_MARGIN, 405), title, fill=_INK, font=_font_for(title, 64))
    pen.text((_MARGIN, 510), name, fill=_ACCENT, font=_font_for(name, 38))
    return _png_bytes(image)


def _circles(pen: ImageDraw.ImageDraw, chart: Sequence[SizeInfo], filled: frozenset[int]) -> None:
    if not chart:
        return
    free = WIDTH - 2 * _MARGIN - _GAP * (len(chart) - 1)
    scale = min(free / sum(size.diameter_mm for size in chart), 230 / chart[-1].diameter_mm)
    left = float(_MARGIN)
    for size in chart:
        width = size.diameter_mm * scale
        box = (left, 330 - width, left + width, 330)
        full = size.number in filled
        pen.ellipse(
            box, fill=_ACCENT if full else None, outline=_ACCENT if full else _PALE, width=_LINE
        )
        left += width + _GAP


def _font_for(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own typeface, smaller where the text would not fit."""
    font = ImageFont.load_default(size)
    while size > _MIN_FONT_SIZE and font.getlength(text) > WIDTH - 2 * _MARGIN:
        size -= 4
        font = ImageFont.load_default(size)
    return font


def _png_bytes(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


_PAGES = (
    *("/guides/", "/how-we-know/", "/sizes/", "/finder/", "/plan/", "/privacy/", "/list/"),
    "/gift-cards/",
    *("/help/", *(f"/help/{country.code}/" for country in list_help()), "/letter/"),
    *(f"/{slug}/" for slug in PAGES),
)
_KEEP_OUT = (
    "/basket/",
    "/checkout/",
    "/search/",
    "/pay/",
    "/contact/sent/",
)  # orders and staff pages say noindex
_DAY = 24 * 60 * 60


class _OurSitemap(Sitemap):
    """Django's sitemap under the address of the settings; `django.contrib.sites` has a demo one.

    Each page is named in every language, with its alternates.
    """

    i18n = True
    alternates = True
    x_default = True
    limit = 1_000  # addresses of one list; the protocol allows 50,000, which take half a minute

    @cached_property
    def paginator(self) -> Paginator[Any]:
        """The addresses in lists; Django makes it, and reads all items, each time it is asked."""
        return super().paginator

    def get_languages_for_item(self, item: Any) -> list[str]:
        """Return the languages that the shop offers."""
        return list(shop_facts().languages)

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
        self._changed = {f"/{slug}/": day for slug, day in pages_changed_on().items()}
        return ["/", *(f"/{kind}/" for kind in KINDS), *_PAGES]

    def lastmod(self, item: str) -> Any:
        """Return the day on which the shop last wrote a page of its own; None for others."""
        return self._changed.get(item)

    def location(self, item: str) -> str:
        """Return the path in the active language."""
        return localized(item)


class Products(_OurSitemap):
    """Everything that is for sale."""

    def items(self) -> list[Any]:
        """Return the outlines of all products."""
        self._translated = selectors.languages_by_product()
        self._changed = selectors.products_changed_on()
        return [one for kind in KINDS for one in selectors.list_outlines(kind)]

    def get_languages_for_item(self, item: Any) -> list[str]:
        """Return the languages that its text can be read in; English is always one."""
        return _offered(self._translated.get(item.slug, (settings.LANGUAGE_CODE,)))

    def location(self, item: Any) -> str:
        """Return the product's path in the active language."""
        return selectors.product_url(item.kind, item.slug)

    def lastmod(self, item: Any) -> Any:
        """Return the day on which it was last saved."""
        return self._changed.get(item.id)


class Guides(_OurSitemap):
    """Published guides."""

    def items(self) -> list[Any]:
        """Return their cards."""
        self._translated = selectors.languages_by_guide()
        return list(selectors.list_guides())

    def get_languages_for_item(self, item: Any) -> list[str]:
        """Return the languages that the guide can be read in; English is always one."""
        return _offered(self._translated.get(item.slug, (settings.LANGUAGE_CODE,)))

    def location(self, item: Any) -> str:
        """Return the guide's path in the active language."""
        return localized(in_english(item.url))

    def lastmod(self, item: Any) -> Any:
        """Return the day on which its text last changed."""
        return item.updated_on


class News(_OurSitemap):
    """What is published under News, each item in its own language, and the lists of them."""

    alternates = False

    def items(self) -> list[tuple[str, str, date]]:
        """Return English path, language and day of each, the newest first; one query."""
        rows = list(public_news())
        lists = {row.language: ("/news/", row.language, row.day) for row in reversed(rows)}
        return [*lists.values(), *((f"/news/{r.slug}/", r.language, r.day) for r in rows)]

    def get_languages_for_item(self, item: tuple[str, str, date]) -> list[str]:
        """Return the one language that it is in."""
        return [item[1]]

    def location(self, item: tuple[str, str, date]) -> str:
        """Return its path."""
        return localized(item[0])

    def lastmod(self, item: tuple[str, str, date]) -> date:
        """Return its day."""
        return item[2]


class _Atom(Atom1Feed):
    """An Atom feed that says the day, not the moment, where it is empty: the page is kept."""

    def latest_post_date(self) -> datetime:
        """Return when the newest item is of, or the beginning of today."""
        days = [item["updateddate"] for item in self.items]
        return max(days, default=_at_midnight(timezone.localdate()))


class _OurFeed(Feed):
    """A list of the shop's for feed readers; `path` is its English address, `name` its title."""

    feed_type = _Atom
    path: str
    name: Any

    def link(self) -> str:
        """Return the address of the list."""
        return _absolute(self.path)

    def feed_url(self) -> str:
        """Return the feed's own address."""
        return _absolute(f"{self.path}feed.atom")

    def title(self) -> str:
        """Return what a reader calls the feed; neutral, since others see it there."""
        return " · ".join((str(self.name), shop_facts().name))

    def item_title(self, item: Any) -> str:
        """Return its title."""
        return str(item.title)

    def item_link(self, item: Any) -> str:
        """Return its address."""
        return f"{settings.PUBLIC_URL}{item.url}"


class GuideFeed(_OurFeed):
    """The guides for feed readers, those that changed last first."""

    path, name = "/guides/", _("Guides")

    def items(self) -> list[Any]:
        """Return the published guides."""
        return sorted(selectors.list_guides(), key=lambda card: card.updated_on, reverse=True)

    def item_description(self, item: Any) -> str:
        """Return what it is about."""
        return str(item.summary)

    def item_updateddate(self, item: Any) -> datetime:
        """Return the day on which its text last changed."""
        return _at_midnight(item.updated_on)


class NewsFeed(_OurFeed):
    """The news for feed readers, the newest first."""

    path, name = "/news/", _("News")

    def items(self) -> list[NewsPage]:
        """Return what is published in the active language."""
        return list_news()

    def item_description(self, item: NewsPage) -> str:
        """Return its text."""
        return item.html

    def item_updateddate(self, item: NewsPage) -> datetime:
        """Return its day."""
        return _at_midnight(item.day)


def _at_midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{localized(path)}"


def _offered(languages: Iterable[str]) -> list[str]:
    return [code for code in languages if code in shop_facts().languages]


_SITEMAPS: dict[str, Any] = {
    "pages": Pages, "products": Products, "guides": Guides, "news": News,
}  # fmt: skip
_SITEMAP, _SITEMAP_INDEX = "storefront/sitemap.xml", "storefront/sitemap_index.xml"


@require_safe
@public_page()
def site_map(request: HttpRequest) -> HttpResponse:
    """Name every public page, for search engines; where they are many, the lists that do."""
    sections = {name: section() for name, section in _SITEMAPS.items()}
    pages = {name: section.paginator.num_pages for name, section in sections.items()}
    if max(pages.values()) == 1:
        return sitemap(request, sitemaps=sections, template_name=_SITEMAP)
    lists = [
        f"{settings.PUBLIC_URL}{reverse('storefront:sitemap_section', args=[name])}?p={number}"
        for name, count in pages.items()
        for number in range(1, count + 1)
    ]
    return render(request, _SITEMAP_INDEX, {"lists": lists}, content_type="application/xml")


@require_safe
@public_page("p")
def site_map_section(request: HttpRequest, section: str) -> HttpResponse:
    """Name the public pages of one sort; `p` is the page of the list."""
    return sitemap(request, _SITEMAPS, section, template_name=_SITEMAP)


@require_safe
@cache_control(public=True, max_age=_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers what not to fetch, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _kept_out())]
    text = "\n".join([*lines, "", f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """Return the style sheet of an accent colour, as six digits; 404 if nobody could read it."""
    if not COLOUR.fullmatch(f"#{colour}") or not is_readable(f"#{colour}"):
        raise Http404
    return HttpResponse(style_sheet(f"#{colour}"), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def share_product(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Return the picture for a product, or 404."""
    product = or_404(selectors.get_product(kind, slug))
    chart = tuple(selectors.list_sizes()) if product.sizes else ()
    numbers = frozenset(size.number for size in product.sizes)
    return _png_response(draw_share_image(product.name, shop_facts().name, chart, numbers))


def _kept_out() -> list[str]:
    return [localized(path, code) for code, _ in settings.LANGUAGES for path in _KEEP_OUT]


def _png_response(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="image/png")

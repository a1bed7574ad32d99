"""For search engines and shared links: sitemap, robots.txt and pictures.

A picture stands for a page where its link is shared: circles to scale, and a name. It is drawn
with Pillow because such places do not show SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from product_content import selectors
from product_content.kinds import KINDS
from product_content.languages import in_english, localized
from product_content.types import SizeInfo

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


_PAGES = ("/guides/", "/how-we-know/", "/sizes/", "/finder/", "/privacy/")
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
        return ["/", *(f"/{kind}/" for kind in KINDS), *_PAGES]

    def location(self, item: str) -> str:
        """Return the path in the active language."""
        return localized(item)


class Products(_OurSitemap):
    """Everything that is for sale."""

    def items(self) -> list[Any]:
        """Return the cards of all products."""
        return [card for kind in KINDS for card in selectors.list_products(kind)]

    def location(self, item: Any) -> str:
        """Return the product's path in the active language."""
        return localized(in_english(item.url))


class Guides(_OurSitemap):
    """Published guides."""

    def items(self) -> list[Any]:
        """Return their cards."""
        self._translated = selectors.languages_by_guide()
        return list(selectors.list_guides())

    def get_languages_for_item(self, item: Any) -> list[str]:
        """Return the languages that the guide can be read in; English is always one."""
        return list(self._translated.get(item.slug, (settings.LANGUAGE_CODE,)))

    def location(self, item: Any) -> str:
        """Return the guide's path in the active language."""
        return localized(in_english(item.url))

    def lastmod(self, item: Any) -> Any:
        """Return the day on which its text last changed."""
        return item.updated_on


SITEMAPS = {"pages": Pages, "products": Products, "guides": Guides}


@require_safe
@cache_control(public=True, max_age=_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers what not to fetch, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _kept_out())]
    text = "\n".join([*lines, "", f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def share_shop(request: HttpRequest) -> HttpResponse:
    """Return the picture for pages that have none of their own."""
    chart = tuple(selectors.list_sizes())
    numbers = frozenset(size.number for size in chart)
    return _png_response(
        draw_share_image(settings.SHOP_NAME, gettext("Find your size"), chart, numbers)
    )


@require_safe
@cache_control(public=True, max_age=_DAY)
def share_product(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Return the picture for a product, or 404."""
    product = selectors.get_product(kind, slug)
    if product is None:
        raise Http404
    chart = tuple(selectors.list_sizes()) if product.sizes else ()
    numbers = frozenset(size.number for size in product.sizes)
    return _png_response(draw_share_image(product.name, settings.SHOP_NAME, chart, numbers))


def _kept_out() -> list[str]:
    return [localized(path, code) for code, _ in settings.LANGUAGES for path in _KEEP_OUT]


def _png_response(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="image/png")

"""Filters and tags of the storefront's templates. No query, no Saleor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sized
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import stringfilter
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from plugins.ordering.submitted_forms import FIELD, SHARED, new_token
from product_content.kinds import ProductKind
from product_content.languages import in_english, localized, written_day
from product_content.money import format_money
from product_content.pictures import CALM, rendered_picture
from product_content.shop_settings import shop_facts
from product_content.types import Photo, SizeInfo
from storefront import drawings, wording

register = template.Library()
register.filter("money", format_money)
register.filter("day", written_day)
register.filter("working_days", wording.working_days)
register.filter("for_orders", wording.for_orders)
register.filter("delivery_line", wording.delivery_line)


@register.simple_tag
def form_token(shared: bool = False) -> SafeString:
    """Return the hidden field by which a form that is sent twice counts once.

    In a page that is kept for everybody it is `shared`.
    """
    token = SHARED if shared else new_token()
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token)


@register.filter
def stock(available: int) -> str:
    """Return the number of pieces left in words."""
    return wording.stock(available)


@register.filter
def low(available: int) -> bool:
    """Say whether so few pieces are left that the page should stress it."""
    return available <= wording.MAX_LOW_STOCK


@register.filter
def several(things: Sized | None) -> bool:
    """Say whether there are two or more of them, so that there is something to choose."""
    return things is not None and len(things) > 1


_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:mm|ml|g)\b)")


@register.filter(is_safe=True)
@stringfilter
def whole_units(text: str) -> str:
    """Return the text with no line break between a figure and its unit."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


@register.filter
def size_range(sizes: Iterable[SizeInfo]) -> str:
    """Return sizes in words, such as "Sizes 1 to 5, 13 to 26 mm"."""
    return whole_units(wording.size_range(tuple(sizes)))


@register.simple_tag
def calm_picture() -> Photo | None:
    """Return the picture of the home page, which says nothing of what the shop sells."""
    words = gettext(
        "A mug of tea, folded linen, a green twig and a plain parcel on a wooden table."
    )
    return rendered_picture(CALM, words)


@register.simple_tag
def standing(size: SizeInfo, chart: tuple[SizeInfo, ...]) -> SafeString:
    """Draw one size on the scale of `chart`."""
    return drawings.standing(size, max(s.usable_length_mm for s in chart))


@register.simple_tag
def strip(chart: tuple[SizeInfo, ...], included: tuple[SizeInfo, ...]) -> SafeString:
    """Draw the chart as circles with the sizes of one product filled."""
    return drawings.strip(chart, included)


@register.simple_tag
def disc(size: SizeInfo) -> SafeString:
    """Draw how wide a size is."""
    return drawings.disc(size.diameter_mm)


@register.simple_tag
def bank_card(upright: bool) -> SafeString:
    """Draw the outline of a bank card."""
    return drawings.bank_card(upright=upright)


@register.simple_tag
def ruler(length_mm: int) -> SafeString:
    """Draw a ruler."""
    return drawings.ruler(length_mm)


@register.simple_tag
def shop_word(name: str) -> str:
    """Return what the catalogue says of its goods on "home" or of "lengths", "" for nothing."""
    return shop_facts().word(name)


@register.simple_tag
def kind_word(kind: ProductKind, name: str) -> str:
    """Return the "lead" above a kind's list, or what is "typed" to find it, as the catalogue says.

    A lead that it does not have is the one for any goods.
    """
    return shop_facts().word(f"{kind.slug}.{name}") or (str(kind.lead) if name == "lead" else "")


@register.simple_tag(takes_context=True)
def other_languages(context: dict[str, Any]) -> SafeString:
    """Return a plain link to this page in each other language: no cookie, no script."""
    path, offered = _english_path(context["request"]), shop_facts().languages
    return format_html_join(
        " ",
        '<a href="{}" hreflang="{}" lang="{}">{}</a>',
        (
            (localized(path, code), code, code, name)
            for code, name in settings.LANGUAGES
            if code != get_language() and code in offered
        ),
    )


def _english_path(request: HttpRequest) -> str:
    """Return the page's English address, or home's where there is nothing to open by a link."""
    if request.method not in {"GET", "HEAD"} or request.resolver_match is None:
        return "/"
    return in_english(request.path)

"""Tags for search engines and for links that people share: addresses and structured data."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from product_content.languages import in_english, localized
from product_content.types import GuidePage, ProductPage
from storefront import structured_data

register = template.Library()
# As django.utils.html.json_script does: no text can end the script element or open a comment.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any]) -> SafeString:
    """Return the links that say which address this page has, whatever filter it was asked with.

    Then come its addresses in every language.
    """
    path = context["request"].path
    own = format_html(
        '<link rel="canonical" href="{0}">\n<meta property="og:url" content="{0}">',
        f"{settings.PUBLIC_URL}{path}",
    )
    return own + format_html_join(
        "", '\n<link rel="alternate" hreflang="{}" href="{}">', _alternates(in_english(path))
    )


@register.simple_tag
def share_image(product: ProductPage | None = None) -> SafeString:
    """Return the picture for links to this page."""
    own = structured_data.share_path(product.kind, product.slug) if product else "/share/shop.png"
    return format_html('<meta property="og:image" content="{}{}">', settings.PUBLIC_URL, own)


@register.simple_tag
def shop_data() -> SafeString:
    """Describe the shop."""
    return _script(structured_data.shop(settings.SHOP_NAME, settings.PUBLIC_URL))


@register.simple_tag
def product_data(product: ProductPage) -> SafeString:
    """Describe a product and its offers."""
    return _script(structured_data.product(product, settings.SHOP_NAME, settings.PUBLIC_URL))


@register.simple_tag
def guide_data(guide: GuidePage) -> SafeString:
    """Describe a guide."""
    return _script(structured_data.guide(guide, settings.SHOP_NAME, settings.PUBLIC_URL))


def _alternates(path: str) -> list[tuple[str, str]]:
    whole = [
        (code, f"{settings.PUBLIC_URL}{localized(path, code)}") for code, _ in settings.LANGUAGES
    ]
    return [*whole, ("x-default", f"{settings.PUBLIC_URL}{path}")]


def _script(data: dict[str, Any]) -> SafeString:
    """Return a data block; browsers never run it, so the content security policy has no say."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    escaped = text.translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{escaped}</script>')  # noqa: S308

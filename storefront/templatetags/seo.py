"""Tags for search engines and for shared links: addresses, pictures, schema.org data.

The data say only what the page itself shows, and no ratings or reviews: there are none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from product_content.kinds import KINDS
from product_content.languages import in_english, localized
from product_content.types import GuidePage, ProductPage, VariantOption

Data = dict[str, Any]
ALL_LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


def _describe_shop(name: str, base: str) -> Data:
    """Describe the shop; `base` is its address without a slash at the end."""
    return _graph([{"@type": "WebSite", "name": name, "url": f"{base}{localized('/')}"}])


def _describe_product(page: ProductPage, shop_name: str, base: str) -> Data:
    """Describe a product with its offers, and where its page stands."""
    described: Data = {
        "@type": "Product",
        "name": page.name,
        "description": page.summary,
        "url": f"{base}{page.url}",
        "image": f"{base}{_share_path(page.kind, page.slug)}",
        "material": page.safety_card.material,
        "brand": {"@type": "Brand", "name": shop_name},
        "offers": [_offer(option, page, base) for option in page.variants],
    }
    if len(page.variants) == 1:
        described["sku"] = page.variants[0].sku
    trail = [(str(KINDS[page.kind].name), localized(f"/{page.kind}/")), (page.name, page.url)]
    return _graph([described, _breadcrumbs(trail, base)])


def _describe_guide(page: GuidePage, shop_name: str, base: str) -> Data:
    """Describe a guide as an article, and where its page stands."""
    described = {
        "@type": "Article",
        "headline": page.title,
        "description": page.summary,
        "url": f"{base}{page.url}",
        "dateModified": page.updated_on.isoformat(),
        "inLanguage": page.language,
        "author": {"@type": "Organization", "name": page.author},
        "publisher": {"@type": "Organization", "name": shop_name, "url": f"{base}/"},
        "citation": [f"{source.organisation}: {source.title}" for source in page.sources],
    }
    return _graph(
        [
            described,
            _breadcrumbs(
                [(gettext("Guides"), localized("/guides/")), (page.title, page.url)], base
            ),
        ]
    )


def _share_path(kind: str, slug: str) -> str:
    """Return the address of the picture that stands for a product where it is shared."""
    return localized(f"/share/{kind}/{slug}.png")


def _graph(parts: list[Data]) -> Data:
    return {"@context": "https://schema.org", "@graph": parts}


def _offer(option: VariantOption, page: ProductPage, base: str) -> Data:
    stock = "InStock" if option.available > 0 else "OutOfStock"
    several = len(page.variants) > 1
    offer = {
        "@type": "Offer",
        "sku": option.sku,
        "price": str(option.price.amount),
        "priceCurrency": option.price.currency,
        "availability": f"https://schema.org/{stock}",
        "itemCondition": "https://schema.org/NewCondition",
        "url": f"{base}{page.url}" + (f"?option={option.id}" if several else ""),
    }
    return {**offer, "name": option.name} if several else offer


def _breadcrumbs(trail: list[tuple[str, str]], base: str) -> Data:
    places = [(gettext("Home"), localized("/")), *trail]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": f"{base}{path}"}
            for position, (name, path) in enumerate(places, start=1)
        ],
    }


register = template.Library()
# As django.utils.html.json_script does: no text can end the script element or open a comment.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any], languages: Sequence[str] = ALL_LANGUAGES) -> SafeString:
    """Return the links that say which address this page has, whatever filter it was asked with.

    Then come its addresses in every language that its text has. A page that is shown in English
    under another language's address says that the English one is its own.
    """
    path = context["request"].path
    if get_language() not in languages:
        path = in_english(path)
    own = format_html(
        '<link rel="canonical" href="{0}">\n<meta property="og:url" content="{0}">',
        f"{settings.PUBLIC_URL}{path}",
    )
    others = _alternates(in_english(path), languages)
    return own + format_html_join("", '\n<link rel="alternate" hreflang="{}" href="{}">', others)


@register.simple_tag
def share_image(product: ProductPage | None = None) -> SafeString:
    """Return the picture for links to this page."""
    own = _share_path(product.kind, product.slug) if product else "/share/shop.png"
    return format_html('<meta property="og:image" content="{}{}">', settings.PUBLIC_URL, own)


@register.simple_tag
def shop_data() -> SafeString:
    """Describe the shop."""
    return _script(_describe_shop(settings.SHOP_NAME, settings.PUBLIC_URL))


@register.simple_tag
def product_data(product: ProductPage) -> SafeString:
    """Describe a product and its offers."""
    return _script(_describe_product(product, settings.SHOP_NAME, settings.PUBLIC_URL))


@register.simple_tag
def guide_data(guide: GuidePage) -> SafeString:
    """Describe a guide."""
    return _script(_describe_guide(guide, settings.SHOP_NAME, settings.PUBLIC_URL))


def _alternates(path: str, languages: Sequence[str]) -> list[tuple[str, str]]:
    whole = [(code, f"{settings.PUBLIC_URL}{localized(path, code)}") for code in languages]
    return [*whole, ("x-default", f"{settings.PUBLIC_URL}{path}")]


def _script(data: dict[str, Any]) -> SafeString:
    """Return a data block; browsers never run it, so the content security policy has no say."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    escaped = text.translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{escaped}</script>')  # noqa: S308

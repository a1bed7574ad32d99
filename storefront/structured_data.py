"""What search engines are told about a page, as schema.org data. Pure.

Only what the page itself shows, and no ratings or reviews: there are none.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from product_content.languages import localized
from product_content.types import GuidePage, ProductPage, VariantOption

Data = dict[str, Any]
KIND_NAMES = {
    "sets": _("Sets by size"),
    "singles": _("Single sizes"),
    "care": _("Care and comfort"),
}


def shop(name: str, base: str) -> Data:
    """Describe the shop; `base` is its address without a slash at the end."""
    return _whole([{"@type": "WebSite", "name": name, "url": f"{base}{localized('/')}"}])


def product(page: ProductPage, shop_name: str, base: str) -> Data:
    """Describe a product with its offers, and where its page stands."""
    described: Data = {
        "@type": "Product",
        "name": page.name,
        "description": page.summary,
        "url": f"{base}{page.url}",
        "image": f"{base}{share_path(page.kind, page.slug)}",
        "material": page.safety_card.material,
        "brand": {"@type": "Brand", "name": shop_name},
        "offers": [_offer(option, page, base) for option in page.variants],
    }
    if len(page.variants) == 1:
        described["sku"] = page.variants[0].sku
    trail = [(str(KIND_NAMES[page.kind]), localized(f"/{page.kind}/")), (page.name, page.url)]
    return _whole([described, _breadcrumbs(trail, base)])


def guide(page: GuidePage, shop_name: str, base: str) -> Data:
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
    return _whole(
        [
            described,
            _breadcrumbs(
                [(gettext("Guides"), localized("/guides/")), (page.title, page.url)], base
            ),
        ]
    )


def share_path(kind: str, slug: str) -> str:
    """Return the address of the picture that stands for a product where it is shared."""
    return localized(f"/share/{kind}/{slug}.png")


def _whole(parts: list[Data]) -> Data:
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

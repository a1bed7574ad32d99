"""Tags for search engines and for shared links: addresses, pictures, schema.org data.

The data say only what the page itself shows, and a rating only from enough reviews.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from prices import Money

from product_content.kinds import KINDS
from product_content.languages import in_english, localized
from product_content.models.reviews import BEST
from product_content.pages import DeliveryOffer, DeliveryZone
from product_content.pictures import CALM_SHARE
from product_content.shop_settings import shop_facts
from product_content.types import GuidePage, ProductPage, Rating, VariantOption

Data = dict[str, Any]
ALL_LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


def _describe_shop(name: str, base: str) -> Data:
    """Describe the shop; `base` is its address without a slash at the end."""
    home = f"{base}{localized('/')}"
    shop = {
        "@type": "OnlineStore",
        "name": name,
        "url": home,
        "email": shop_facts().contact_email,
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "customer service",
            "url": f"{base}{localized('/contact/')}",
        },
        "hasMerchantReturnPolicy": _return_policy([settings.DEFAULT_COUNTRY], base),
    }
    return _graph([{"@type": "WebSite", "name": name, "url": home}, shop])


def _describe_product(
    page: ProductPage, zones: Sequence[DeliveryZone], shop_name: str, base: str
) -> Data:
    """Describe a product with its offers, and where its page stands.

    One with several variants is a group, of which each has its own offer.
    """
    described: Data = {
        "name": page.name,
        "description": page.summary,
        "url": f"{base}{page.url}",
        "image": f"{base}{_share_path(page.kind, page.slug)}",
        "material": page.safety_card.material,
        "brand": {"@type": "Brand", "name": shop_name},
    }
    if page.rating:
        described["aggregateRating"] = _rating(page.rating)
    offers = [_offer(option, page, zones, base) for option in page.variants]
    if len(offers) == 1:
        described |= {"@type": "Product", "sku": page.variants[0].sku, "offers": offers}
    else:
        described |= _group(page, described, offers)
    trail = [(str(KINDS[page.kind].name), localized(f"/{page.kind}/")), (page.name, page.url)]
    return _graph([described, _breadcrumbs(trail, base)])


def _group(page: ProductPage, described: Data, offers: list[Data]) -> Data:
    """Return what a product with several variants has beside `described`."""
    return {
        "@type": "ProductGroup",
        "productGroupID": f"{page.kind}-{page.slug}",
        "variesBy": "https://schema.org/size",
        "hasVariant": [
            {
                "@type": "Product",
                "name": f"{page.name}, {option.name}",
                "sku": option.sku,
                "size": option.name,
                "image": described["image"],
                "offers": offer,
            }
            for option, offer in zip(page.variants, offers, strict=True)
        ],
    }


def _rating(rating: Rating) -> Data:
    return {
        "@type": "AggregateRating",
        "ratingValue": str(rating.average),
        "reviewCount": rating.count,
        "bestRating": BEST,
        "worstRating": 1,
    }


def _describe_guide(page: GuidePage, shop_name: str, base: str) -> Data:
    """Describe a guide as an article, and where its page stands."""
    described = {
        "@type": "Article",
        "headline": page.title,
        "description": page.summary,
        "url": f"{base}{page.url}",
        "image": f"{base}/share/shop.png",
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


def _return_policy(countries: list[str], base: str) -> Data:
    """Return for how long something may come back; who pays for that, the page says."""
    return {
        "@type": "MerchantReturnPolicy",
        "applicableCountry": countries,
        "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": settings.RETURN_DAYS,
        "returnMethod": "https://schema.org/ReturnByMail",
        "refundType": "https://schema.org/FullRefund",
        "merchantReturnLink": f"{base}{localized('/returns/')}",
    }


def _shipping(price: Money, zones: Sequence[DeliveryZone]) -> list[Data]:
    """Return the cheapest way to each zone for goods of this price."""
    cheapest = ((z, next((o for o in z.offers if o.is_for(price)), None)) for z in zones)
    return [_shipping_details(zone, offer) for zone, offer in cheapest if offer]


def _shipping_details(zone: DeliveryZone, offer: DeliveryOffer) -> Data:
    rate = {"value": str(offer.price.amount), "currency": offer.price.currency}
    details: Data = {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", **rate},
        "shippingDestination": [
            {"@type": "DefinedRegion", "addressCountry": code} for code in zone.codes
        ],
    }
    if offer.days:
        first, last = offer.days
        days = {"minValue": first, "maxValue": last, "unitCode": "DAY"}
        transit = {"@type": "QuantitativeValue", **days}
        details["deliveryTime"] = {"@type": "ShippingDeliveryTime", "transitTime": transit}
    return details


def _offer(
    option: VariantOption, page: ProductPage, zones: Sequence[DeliveryZone], base: str
) -> Data:
    stock = "InStock" if option.available > 0 else "OutOfStock"
    several = len(page.variants) > 1
    offer = {
        "@type": "Offer",
        "sku": option.sku,
        "price": str(option.price.amount),
        "priceCurrency": option.price.currency,
        "availability": f"https://schema.org/{stock}",
        "itemCondition": "https://schema.org/NewCondition",
        "shippingDetails": _shipping(option.price, zones),
        "hasMerchantReturnPolicy": _return_policy([c for z in zones for c in z.codes], base),
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
        f"{settings.PUBLIC_URL}{path}{_later_page(context)}",
    )
    others = _alternates(in_english(path), languages)
    return own + format_html_join("", '\n<link rel="alternate" hreflang="{}" href="{}">', others)


def _later_page(context: dict[str, Any]) -> str:
    """Return the query of a list's page after its first: it has an address of its own."""
    number = getattr(context.get("page"), "number", 1)
    return f"?page={number}" if number > 1 else ""


@register.simple_tag
def share_card(
    title: str, description: str, product: ProductPage | None = None, kind: str = "website"
) -> SafeString:
    """Return what a link to this page looks like where it is shared.

    `kind` is its type in Open Graph. Whoever shares a page chooses to; private pages have no card.
    """
    own = _share_path(product.kind, product.slug) if product else static(CALM_SHARE)
    card = (
        ("og:type", kind),
        ("og:site_name", shop_facts().name),
        ("og:title", title),
        ("og:description", description),
        ("og:image", f"{settings.PUBLIC_URL}{own}"),
    )
    summary = mark_safe('<meta name="twitter:card" content="summary_large_image">')
    return summary + format_html_join("", '\n<meta property="{}" content="{}">', card)


MAX_PAGE_TITLE = 60  # characters; search engines cut what is longer


@register.simple_tag
def page_title(name: str, typed: str = "") -> str:
    """Return the title of a public page: its name, what people type to find it, the shop's name.

    As much of it as fits into `MAX_PAGE_TITLE`, the name first.
    """
    shop = shop_facts().name
    fuller = [(name, typed, shop), (name, typed)] if typed else []
    candidates = (" · ".join(map(str, parts)) for parts in (*fuller, (name, shop), (name,)))
    fitting = next((one for one in candidates if len(one) <= MAX_PAGE_TITLE), None)
    return fitting or Truncator(name).chars(MAX_PAGE_TITLE)


@register.simple_tag
def page_address(path: str) -> str:
    """Return the whole address of one of the shop's paths, for paper."""
    return f"{settings.PUBLIC_URL}{path}"


@register.simple_tag
def shop_data() -> SafeString:
    """Describe the shop."""
    return _script(_describe_shop(shop_facts().name, settings.PUBLIC_URL))


@register.simple_tag
def product_data(product: ProductPage, zones: Sequence[DeliveryZone]) -> SafeString:
    """Describe a product, its offers, and how they are delivered and may come back."""
    described = _describe_product(product, zones, shop_facts().name, settings.PUBLIC_URL)
    return _script(described)


@register.simple_tag
def guide_data(guide: GuidePage) -> SafeString:
    """Describe a guide."""
    return _script(_describe_guide(guide, shop_facts().name, settings.PUBLIC_URL))


def _alternates(path: str, languages: Sequence[str]) -> list[tuple[str, str]]:
    offered = [code for code in languages if code in shop_facts().languages]
    whole = [(code, f"{settings.PUBLIC_URL}{localized(path, code)}") for code in offered]
    return [*whole, ("x-default", f"{settings.PUBLIC_URL}{path}")]


def _script(data: dict[str, Any]) -> SafeString:
    """Return a data block; browsers never run it, so the content security policy has no say."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    escaped = text.translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{escaped}</script>')  # noqa: S308

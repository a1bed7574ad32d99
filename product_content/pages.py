"""The shop's own pages and its news: their words, versions of those, and facts that they print.

The words that the shop comes with are in `data/pages/<language>`. They hold {facts}, which are
filled in, and [[notes]] where only the owner can write; readers see that something is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

from django.conf import settings
from django.contrib.sites.models import Site
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from prices import Money
from saleor.shipping.models import ShippingMethod

from product_content.decisions import Refused
from product_content.kinds import SETS
from product_content.languages import OTHER_LANGUAGES, localized, translated_text
from product_content.models import NewsItem, PageText
from product_content.money import zero
from product_content.rendering import escape, render_text
from product_content.selectors.variants import MIN_COUNTED, sending_methods
from product_content.shop_settings import shop_facts

# The slug of each page, which is its address, and what menus call it.
PAGES = {
    "contact": _("Contact"),
    "delivery": _("Delivery"),
    "returns": _("Returns and withdrawal"),
    "faq": _("Questions"),
    "reviews": _("How reviews work"),
    "about": _("About us"),
    "terms": _("Terms"),
    "accessibility": _("Accessibility"),
    "cookies": _("Cookies"),
}
MAX_TITLE, MAX_LEAD, MAX_BODY = 60, 300, 20_000
_FOLDER = Path(__file__).parent / "data" / "pages"
_FACT = re.compile(r"\{(\w*)\}")
_NOTE = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageWords:
    """What people write of a page: its title, the sentence under it, and the Markdown below."""

    title: str
    lead: str
    body: str

    @property
    def notes(self) -> list[str]:
        """What only the owner can write, and nobody has written yet."""
        return _NOTE.findall(self.body)


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A page as it is read; `html` is clean. `language` is that of its words."""

    slug: str
    title: str
    lead: str
    html: str
    language: str


@cache
def default_words(slug: str, language: str) -> PageWords:
    """Return the words that the shop comes with."""
    text = (_FOLDER / language / f"{slug}.md").read_text(encoding="utf-8")
    title, lead, body = text.split("\n", 2)
    return PageWords(title.removeprefix("# "), lead, body.strip())


def history_of_page(slug: str, language: str) -> QuerySet[PageText]:
    """Return all versions, newest first."""
    texts = PageText.objects.select_related("created_by").filter(page=slug, language=language)
    return texts.order_by("-version")


def words_of_version(version: PageText | None, slug: str, language: str) -> PageWords:
    """Return the words of a version; those the shop comes with if it has none of its own."""
    if version is None or version.is_default:
        return default_words(slug, language)
    return PageWords(version.title, version.lead, version.body_markdown)


def get_page(slug: str) -> ShopPage:
    """Return a page in the active language; two queries, and those of its facts.

    If the shop has its own words in English and none in this language, it is shown in English: the
    words that the shop comes with would say something else.
    """
    own = {text.language: text for text in _newest(slug)}
    language = get_language() or settings.LANGUAGE_CODE
    if language in OTHER_LANGUAGES and language not in own and settings.LANGUAGE_CODE in own:
        language = settings.LANGUAGE_CODE
    words = words_of_version(own.get(language), slug, language)
    return read_page(slug, words, language)


def pages_changed_on() -> dict[str, date]:
    """Return the day on which somebody last wrote a page, by its slug; one query."""
    days = PageText.objects.order_by().values_list("page").annotate(Max("created_at"))
    return {page: timezone.localdate(at) for page, at in days}


def _newest(slug: str) -> Iterable[PageText]:
    """Return the shop's own newest words in each language that has some."""
    texts = PageText.objects.filter(page=slug).order_by("language", "-version")
    return [text for text in texts.distinct("language") if not text.is_default]


def read_page(slug: str, words: PageWords, language: str) -> ShopPage:
    """Return a page of these words as it would be read."""
    facts = page_facts()
    html = render_text(_filled(words.body, facts))
    lead = unescape(_filled(words.lead, facts))  # the template escapes it, as it does any text
    return ShopPage(slug, words.title, lead, _marked(html), language)


def _filled(body: str, facts: Mapping[str, str]) -> str:
    return _FACT.sub(lambda found: facts.get(found[1], found[0]), body)


def _marked(html: str) -> str:
    """Let readers see where something is still to be written; `html` is clean already."""
    label = gettext("Not written yet")
    return _NOTE.sub(rf'<mark class="to-write">{label}: \1</mark>', html)


# Which page of the shop {x_url} leads to.
_LINKS = {
    **{f"{slug}_url": f"/{slug}/" for slug in PAGES},
    **{f"{name}_url": f"/{name}/" for name in ("finder", "privacy", SETS.slug, "sizes")},
    "how_we_know_url": "/how-we-know/",
    "order_link_url": "/orders/link/",
}
MESSAGE_DAYS = 365  # a message to the shop is kept so long


def page_facts() -> dict[str, str]:
    """Return what {facts} of pages stand for, safe to be put into Markdown; one query."""
    shop, missing = shop_facts(), gettext("the address of the shop")
    address = ", ".join(shop.address) or _shop_address()
    plain = {
        "shop_name": shop.name,
        "address": address,
        "currency": settings.DEFAULT_CURRENCY,
        "return_days": str(settings.RETURN_DAYS),
        "message_days": str(MESSAGE_DAYS),
        "reviews_counted": str(MIN_COUNTED),
    }
    facts = {name: escape(value) for name, value in plain.items()}
    facts["address"] = facts["address"] or f"[[{missing}]]"
    facts["email"] = escape(shop.contact_email)
    return facts | {name: localized(path) for name, path in _LINKS.items()}


FACT_NAMES = (
    *("shop_name", "address", "email", "currency", "return_days", "message_days"),
    *("reviews_counted", *_LINKS),
)


def _shop_address() -> str:
    """Return the address that staff gave the shop on one line, "" without one."""
    site = Site.objects.select_related("settings__company_address").get(pk=settings.SITE_ID)
    address = getattr(getattr(site, "settings", None), "company_address", None)
    if address is None:
        return ""
    parts = (
        address.company_name, address.street_address_1, address.street_address_2,
        f"{address.postal_code} {address.city}".strip(), address.country.name,
    )  # fmt: skip
    return ", ".join(str(part) for part in parts if part and part != settings.SHOP_NAME)


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A news item as it is read; `html` is clean. `source_url` is "" for the shop's own."""

    url: str
    title: str
    day: date
    html: str
    source_name: str
    source_url: str
    language: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The one language that it can be read in, as other pages name theirs."""
        return (self.language,)


def list_news() -> list[NewsPage]:
    """Return what is published in the active language, newest first; one query."""
    return [read_news(item) for item in public_news().filter(language=get_language())]


def get_news(slug: str) -> NewsPage | None:
    """Return a published item in whatever language it is, or None; one query."""
    item = public_news().filter(slug=slug).first()
    return read_news(item) if item else None


def public_news() -> QuerySet[NewsItem]:
    """Return what is published by today in the languages that are offered, newest first."""
    offered = NewsItem.objects.filter(language__in=shop_facts().languages)
    return offered.filter(is_published=True, day__lte=timezone.localdate())


def read_news(item: NewsItem) -> NewsPage:
    """Return an item as it would be read; no query."""
    return NewsPage(
        url=localized(f"/news/{item.slug}/", item.language),
        title=item.title,
        day=item.day,
        html=render_text(item.body_markdown),
        source_name=item.source_name,
        source_url=item.source_url,
        language=item.language,
    )


class PageRefused(Refused):
    """A page's words cannot be stored; `problems` says why, by field ("" for all of them)."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.problems = dict(problems)


_SAVED_MEANWHILE = "Somebody else saved a version meanwhile. Look at it, then save yours again."


def save_page(
    *, slug: str, language: str, expected_version: int, words: PageWords, user_id: int
) -> PageText:
    """Store a new version; `expected_version` is what the person began with. Raises PageRefused."""
    if problems := page_problems(words):
        raise PageRefused(problems)
    values = {"title": words.title, "lead": words.lead, "body_markdown": words.body}
    return _add_version(slug, language, expected_version, user_id, **values)


def reset_page(*, slug: str, language: str, expected_version: int, user_id: int) -> PageText:
    """Go back to the words that the shop comes with, as a version. Raises PageRefused."""
    return _add_version(slug, language, expected_version, user_id, is_default=True)


def page_problems(words: PageWords) -> dict[str, str]:
    """Return what is wrong with these words, by field."""
    problems = {
        name: f"Write something, in at most {most} characters."
        for name, text, most in (
            ("title", words.title, MAX_TITLE),
            ("lead", words.lead, MAX_LEAD),
            ("body", words.body, MAX_BODY),
        )
        if not text.strip() or len(text) > most
    }
    if unknown := sorted(set(_FACT.findall(words.body)) - set(FACT_NAMES)):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        problems["body"] = f"We have no fact of this name: {names}."
    return problems


def _add_version(
    slug: str, language: str, expected_version: int, user_id: int, **values: object
) -> PageText:
    newest = history_of_page(slug, language).first()
    if (newest.version if newest else 0) != expected_version:
        raise PageRefused({"": _SAVED_MEANWHILE})
    try:
        with transaction.atomic():
            return PageText.objects.create(
                page=slug, language=language, version=expected_version + 1,
                created_by_id=user_id, **values,
            )  # fmt: skip
    except IntegrityError as error:  # two saved in the same moment
        raise PageRefused({"": _SAVED_MEANWHILE}) from error


@dataclass(frozen=True, slots=True)
class DeliveryOffer:
    """A way of delivery: its price, for which sums of goods, and its working days if it says any.

    `from_total` is zero and `to_total` None where there is no such limit.
    """

    name: str
    price: Money
    from_total: Money
    to_total: Money | None
    days: tuple[int, int] | None

    def is_for(self, goods: Money) -> bool:
        """Say whether goods of this sum can be sent by it."""
        return self.from_total <= goods and (self.to_total is None or goods <= self.to_total)


@dataclass(frozen=True, slots=True)
class DeliveryZone:
    """Countries that are delivered to in the same ways, the cheapest first."""

    name: str
    codes: tuple[str, ...]
    offers: tuple[DeliveryOffer, ...]

    @property
    def country_names(self) -> list[str]:
        """The countries in the active language, in the order of the alphabet."""
        return sorted(countries.name(code) for code in self.codes)

    @property
    def cheapest_paid(self) -> DeliveryOffer | None:
        """The cheapest way that costs something."""
        return next((offer for offer in self.offers if offer.price.amount), None)

    @property
    def free_from(self) -> Money | None:
        """From which sum of goods on delivery is free; None if it never is."""
        free = [offer.from_total for offer in self.offers if not offer.price.amount]
        return min(free, key=lambda sum_: sum_.amount, default=None)


def delivery_zones() -> list[DeliveryZone]:
    """Return the zones with their ways of delivery, the shop's own country first; one query.

    Zones that no warehouse sends to are left out, as in the checkout.
    """
    rows = sending_methods().select_related("delivery_time").order_by("price_amount", "pk")
    zones: dict[int, list[ShippingMethod]] = {}
    for row in rows:
        zones.setdefault(row.shipping_zone_id, []).append(row)
    found = [_zone(group) for group in zones.values()]
    home = settings.DEFAULT_COUNTRY
    return sorted(found, key=lambda zone: (home not in zone.codes, zone.name))


def home_delivery(zones: Iterable[DeliveryZone]) -> DeliveryZone | None:
    """Return the zone of the shop's own country, None where nothing is sent there."""
    return next((zone for zone in zones if settings.DEFAULT_COUNTRY in zone.codes), None)


def _zone(methods: list[ShippingMethod]) -> DeliveryZone:
    zone = methods[0].shipping_zone
    codes = tuple(country.code for country in zone.countries)
    return DeliveryZone(translated_text(zone.name), codes, tuple(map(_offer, methods)))


def _offer(method: ShippingMethod) -> DeliveryOffer:
    time = getattr(method, "delivery_time", None)
    return DeliveryOffer(
        name=translated_text(method.name),
        price=method.price,
        from_total=method.minimum_order_price or zero(method.price.currency),
        to_total=method.maximum_order_price,
        days=(time.min_days, time.max_days) if time else None,
    )

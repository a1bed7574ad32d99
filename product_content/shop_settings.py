"""The facts of the shop that managers set: one cached reading, with the environment behind it.

What was stored is kept in the cache for a minute and dropped on each change. Where neither cache
nor database answers, the environment's values count, so that an error page still has a name.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from django.utils.translation import get_language
from redis.exceptions import RedisError
from saleor.product.models import Category
from saleor.site.models import SiteSettings

from product_content.kinds import KINDS
from product_content.languages import translated_text
from product_content.models import ClosedPeriod, Guide, NewsItem, ShopSettings
from product_content.money import decimals
from product_content.page_changes import notes_of_page

CACHE_KEY: Final = "shop-settings"
KEPT: Final = timedelta(minutes=1)
_FIELDS = (
    "name", "company", "address", "contact_email", "sender_name", "staff_emails", "paused",
    "pause_message", "pause_message_es", "accent", "logo", "hidden_languages", "sells_gift_cards",
    "gift_minimum", "gift_maximum", "gift_amounts",
)  # fmt: skip
_PERIOD = ("first_day", "last_day", "announced_on", "notice", "notice_es")
_TABLE = ShopSettings._meta.db_table
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pause:
    """Orders are not taken; `message` is the manager's own, "" for the usual one."""

    message: str = ""


@dataclass(frozen=True)
class Closed:
    """A period in which nothing is sent, and its notice in the active language."""

    first_day: date
    last_day: date
    announced_on: date
    notice: str

    def is_announced(self, day: date) -> bool:
        """Say whether the notice stands on the shop's pages that day."""
        return self.announced_on <= day <= self.last_day


@dataclass(frozen=True)
class ShopFacts:
    """The shop as it is now: stored values, or the environment's where nothing is stored.

    `accent` is a colour such as "#17656b", "" for the shop's own; `logo` the address of a picture;
    `languages` the codes of those that are offered, English first.
    """

    name: str
    company: str
    address: tuple[str, ...]
    contact_email: str
    sender: str
    staff_emails: tuple[str, ...]
    pause: Pause | None
    closed_periods: tuple[Closed, ...]
    sells_gift_cards: bool
    gift_minimum: Decimal
    gift_maximum: Decimal
    gift_amounts: tuple[Decimal, ...]
    accent: str = ""
    logo: str = ""
    languages: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    has_guides: bool = False
    first_news: Mapping[str, str] = field(default_factory=dict)  # by language, its day

    def word(self, name: str) -> str:
        """Return what the catalogue says of its goods, in the active language, "" for nothing.

        `name` is "home", "lengths" (what they do not serve), or the slug of a kind with ".lead" or
        ".typed" (what people type to find one of them).
        """
        return translated_text(self.words.get(name, ""))

    @property
    def has_news(self) -> bool:
        """Whether there is something to read under News in the active language today."""
        first = self.first_news.get(get_language() or settings.LANGUAGE_CODE)
        return first is not None and first <= timezone.localdate().isoformat()

    @property
    def notices(self) -> list[str]:
        """What the shop's pages say today of periods in which it is closed."""
        today = timezone.localdate()
        return [period.notice for period in self.closed_periods if period.is_announced(today)]

    def is_closed_on(self, day: date) -> bool:
        """Say whether nothing is sent on that day."""
        return any(each.first_day <= day <= each.last_day for each in self.closed_periods)


_held: ContextVar[ShopFacts | None] = ContextVar("held", default=None)


def shop_facts() -> ShopFacts:
    """Return the facts of the shop; one look into the cache, two queries once a minute.

    A page that is kept until a table changes is made of the tables, read once for it, never of the
    cache.
    """
    if (held := _held.get()) is not None:
        return held
    notes = notes_of_page()
    if notes is None:
        return _facts(_stored())
    if CACHE_KEY not in notes:
        notes[CACHE_KEY] = _read()
    return _facts(notes[CACHE_KEY])


@contextmanager
def hold_shop_facts() -> Iterator[None]:
    """Look the facts up once for all that is done inside: an e-mail asks for them five times."""
    token = _held.set(shop_facts())
    try:
        yield
    finally:
        _held.reset(token)


def pause_now() -> Pause | None:
    """Return the pause as the database has it, read under a lock that a change waits for.

    Must run in the transaction that places an order: once a pause is saved, no order is made. Many
    orders hold the lock at once. Placing a basket's order reads it with all else it needs.
    """
    rows = ShopSettings.objects.raw(f"SELECT * FROM {_TABLE} WHERE id = 1 FOR SHARE")  # noqa: S608
    return next((pause_in(vars(row)) for row in rows), None)


def pause_in(row: Mapping[str, Any]) -> Pause | None:
    """Return the pause that a row of the settings tells of, if any; {} where there is no row."""
    return _pause(row) if row.get("paused") else None


def connect() -> None:
    """Drop what is kept after each change, whoever makes it."""
    for signal in (post_save, post_delete):
        for model in (ShopSettings, ClosedPeriod, SiteSettings, Category, Guide, NewsItem):
            uid = f"shop-settings-{model.__name__}-{id(signal)}"
            signal.connect(_changed, model, dispatch_uid=uid)


def _changed(**_more: Any) -> None:
    transaction.on_commit(_drop)


def _drop() -> None:
    try:
        cache.delete(CACHE_KEY)
    except RedisError:
        logger.warning("shop settings: the cache does not answer; they count in a minute")


def _stored() -> Mapping[str, Any]:
    try:
        kept = cache.get(CACHE_KEY)
        if kept is None:
            kept = _read()
            cache.set(CACHE_KEY, kept, KEPT.total_seconds())
    except RedisError:
        return _read()
    return kept


# One statement: it is asked for each public page that is made.
_READ = """
SELECT (SELECT to_jsonb(s) FROM product_content_shopsettings s WHERE s.id = 1),
       (SELECT jsonb_build_array(description, header_text)
        FROM site_sitesettings WHERE site_id = %s),
       (SELECT jsonb_agg(jsonb_build_array(slug, description, seo_title))
        FROM product_category WHERE slug = ANY(%s)),
       EXISTS (SELECT FROM product_content_guide WHERE is_published),
       (SELECT jsonb_object_agg(language, day)
        FROM (SELECT language, min(day) AS day FROM product_content_newsitem
              WHERE is_published GROUP BY language) AS news)
"""


def _read() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [settings.SITE_ID, list(KINDS)])
            row, site, lists, has_guides, news = (_from_json(value) for value in cursor.fetchone())
        periods = list(ClosedPeriod.objects.values(*_PERIOD)) if row else []
    except DatabaseError:
        logger.warning("shop settings: the database does not answer; the environment counts")
        return {}
    stored = {name: row[name] for name in _FIELDS} if row else {}
    words = _words(site or ("", ""), lists or [])
    more = {"words": words, "has_guides": has_guides, "first_news": news or {}}
    return {**stored, "closed_periods": periods, **more}


def _from_json(value: Any) -> Any:
    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value


def _words(site: Sequence[str], lists: Iterable[tuple[str, str, str | None]]) -> dict[str, str]:
    words = dict(zip(("home", "lengths"), site, strict=True))
    for slug, lead, typed in lists:
        words |= {f"{slug}.lead": lead, f"{slug}.typed": typed or ""}
    return words


def _facts(stored: Mapping[str, Any]) -> ShopFacts:
    own_address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    renamed = stored.get("sender_name") or stored.get("name")
    return ShopFacts(
        name=stored.get("name") or settings.SHOP_NAME,
        company=stored.get("company", ""),
        address=_lines(stored.get("address", "")),
        contact_email=stored.get("contact_email") or own_address,
        sender=f"{renamed} <{own_address}>" if renamed else settings.DEFAULT_FROM_EMAIL,
        staff_emails=_lines(stored.get("staff_emails", "")) or tuple(settings.STAFF_EMAILS),
        pause=pause_in(stored),
        closed_periods=tuple(map(_closed, stored.get("closed_periods", ()))),
        accent=stored.get("accent", ""),
        logo=default_storage.url(stored["logo"]) if stored.get("logo") else "",
        words=stored.get("words", {}),
        has_guides=stored.get("has_guides", False),
        first_news=stored.get("first_news", {}),
        languages=_offered(stored.get("hidden_languages", ())),
        **_gift_cards(stored),
    )


def _offered(hidden: Collection[str]) -> tuple[str, ...]:
    codes = (code for code, _name in settings.LANGUAGES)
    return tuple(code for code in codes if code == settings.LANGUAGE_CODE or code not in hidden)


# In a currency with two decimals; without decimals a hundred times as much, as things cost there.
_SMALLEST_CARD, _LARGEST_CARD, _CARDS = Decimal(10), Decimal(250), "25, 50, 100"


def _gift_cards(stored: Mapping[str, Any]) -> dict[str, Any]:
    times = 1 if decimals(settings.DEFAULT_CURRENCY) else 100
    own = [part.strip() for part in stored.get("gift_amounts", "").split(",") if part.strip()]
    usual = [Decimal(part) * times for part in _CARDS.split(", ")]
    return {
        "sells_gift_cards": stored.get("sells_gift_cards", True),
        "gift_minimum": stored.get("gift_minimum") or _SMALLEST_CARD * times,
        "gift_maximum": stored.get("gift_maximum") or _LARGEST_CARD * times,
        "gift_amounts": tuple(map(Decimal, own) if own else usual),
    }


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _pause(stored: Mapping[str, Any]) -> Pause:
    return Pause(_in_language(stored, "pause_message"))


def _closed(stored: Mapping[str, Any]) -> Closed:
    first = stored["first_day"]
    announced = stored["announced_on"] or first
    return Closed(first, stored["last_day"], announced, _in_language(stored, "notice"))


def _in_language(stored: Mapping[str, Any], name: str) -> str:
    """Return a text in the active language; a notice that has no other is shown in English."""
    own = stored.get(f"{name}_{get_language()}", "")
    if own or name == "notice" or get_language() in {None, settings.LANGUAGE_CODE}:
        return str(own or stored[name])
    return ""  # the usual message is translated

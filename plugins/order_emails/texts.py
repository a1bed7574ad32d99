"""Dates and times as the order's language and our country write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache

from babel import Locale
from babel.dates import format_date
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from saleor.product.models import Category, Collection, Product

from plugins.order_emails.kinds.base import KINDS, TEXT_FIELDS, Kind, Texts
from plugins.order_emails.models import EmailText
from plugins.order_emails.policies import TextRefused
from plugins.order_emails.text_rules import problems_of
from product_content.dates import written_day
from product_content.languages import translated_text
from product_content.models import Guide


def day(moment: datetime, locale: Locale) -> str:
    """Return the date of a moment in the shop's time zone, such as 22 November 2026."""
    return format_date(timezone.localdate(moment), format="long", locale=locale)


def clock(moment: datetime) -> str:
    """Return the time of a moment in the shop's time zone, such as 14:35, as pages write it."""
    return written_day(moment, "H:i")


# Conditions, parts of the body and kinds of goods: one row for each thing, in every language of
# the shop. Names of what is sold are read from the catalogue and its translations.
SENSITIVE_WORDS: tuple[dict[str, str], ...] = (
    {"en": "vagina vaginal", "es": "vagina vaginal vaginales"},
    {"en": "vaginismus", "es": "vaginismo"},
    {"en": "vulva vulval vulvodynia", "es": "vulva vulvar vulvodinia"},
    {"en": "pelvis pelvic", "es": "pelvis pélvico pélvica pélvicos pélvicas"},
    {"en": "dilator dilators", "es": "dilatador dilatadores"},
    {"en": "dilation dilating", "es": "dilatación dilatar"},
    {"en": "penetration penetrative", "es": "penetración penetrativo"},
    {"en": "intercourse", "es": "coito"},
    {"en": "sex sexual", "es": "sexo sexual sexuales"},
    {"en": "menopause menopausal", "es": "menopausia menopáusica"},
    {"en": "lubricant lubricants", "es": "lubricante lubricantes"},
    {"en": "gel gels", "es": "gel geles"},
    {"en": "silicone", "es": "silicona"},
    {"en": "magnet magnets magnetic", "es": "imán imanes magnético magnética magnéticos"},
    {"en": "massager massagers", "es": "masajeador masajeadores"},
    {"en": "radiotherapy", "es": "radioterapia"},
    {"en": "vaginoplasty", "es": "vaginoplastia"},
    {"en": "lichen sclerosus", "es": "liquen escleroso"},
    {"en": "dyspareunia", "es": "dispareunia"},
    {"en": "endometriosis", "es": "endometriosis"},
    {"en": "incontinence", "es": "incontinencia"},
    {"en": "muscle muscles", "es": "músculo músculos"},
    {"en": "pain painful", "es": "dolor doloroso dolorosa"},
    {"en": "intimate", "es": "íntimo íntima íntimos íntimas"},
)


def sensitive_terms() -> frozenset[str]:
    """Return words, and whole names of products, categories, collections and guides.

    Both in every language of the shop.
    """
    names: set[str] = set()
    for model in (Product, Category, Collection):
        names.update(model.objects.values_list("name", flat=True))
    names.update(Guide.objects.values_list("title", flat=True))
    translated = {name.lower() for one in names for name in _in_all_languages(one)}
    return _words() | {name for name in translated if len(name) > len("set")}


def _in_all_languages(text: str) -> Iterator[str]:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield translated_text(text)


@cache
def _words() -> frozenset[str]:
    return frozenset(
        word for row in SENSITIVE_WORDS for text in row.values() for word in text.split()
    )


def newest_text(kind: str, language: str) -> EmailText | None:
    """Return the newest version, which may say that the default counts again; None if none."""
    return history_of(kind, language).first()


def stored_text(kind: str, language: str) -> EmailText | None:
    """Return the words that the shop chose instead of the default, or None."""
    newest = newest_text(kind, language)
    return None if newest is None or newest.is_default else newest


def texts_of(kind: Kind, own: EmailText | None) -> Texts:
    """Return the words of a version, or the default in the active language."""
    if own is None or own.is_default:
        return Texts(**{name: str(getattr(kind.texts, name)) for name in TEXT_FIELDS})
    return Texts(**own.words(TEXT_FIELDS))


def history_of(kind: str, language: str) -> QuerySet[EmailText]:
    """Return all versions, newest first."""
    texts = EmailText.objects.select_related("created_by").filter(kind=kind, language=language)
    return texts.order_by("-version")


def newest_texts() -> dict[tuple[str, str], EmailText]:
    """Return the newest version by (kind, language)."""
    rows = EmailText.objects.order_by("kind", "language", "-version")
    return {(row.kind, row.language): row for row in rows.distinct("kind", "language")}


_SAVED_MEANWHILE = "Somebody else saved a version meanwhile. Look at it, then save yours again."


def save_text(
    *, kind: str, language: str, expected_version: int, words: Mapping[str, str], user_id: int
) -> EmailText:
    """Store a new version of the words of a kind; `expected_version` is what the person began with.

    Raises TextRefused with what is wrong by field: nothing that could not be sent is stored.
    """
    if problems := problems_of(KINDS[kind], words, sensitive_terms()):
        raise TextRefused(problems)
    return _add_version(kind, language, expected_version, user_id, **words)


def reset_text(*, kind: str, language: str, expected_version: int, user_id: int) -> EmailText:
    """Go back to the default words, as a version of its own. Raises TextRefused."""
    return _add_version(kind, language, expected_version, user_id, is_default=True)


def _add_version(
    kind: str, language: str, expected_version: int, user_id: int, **values: object
) -> EmailText:
    newest = newest_text(kind, language)
    if (newest.version if newest else 0) != expected_version:
        raise TextRefused({"": _SAVED_MEANWHILE})
    try:
        with transaction.atomic():
            return EmailText.objects.create(
                kind=kind,
                language=language,
                version=expected_version + 1,
                created_by_id=user_id,
                **values,
            )
    except IntegrityError as error:  # two saved in the same moment
        raise TextRefused({"": _SAVED_MEANWHILE}) from error

"""The texts of e-mails: {placeholders}, which words they may have, dates as a language has them.

A placeholder is a name in braces and nothing else: not a template. A text can name the values that
its kind of e-mail offers, but run nothing, reach into nothing and format nothing. `{{` and `}}`
stand for a brace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext
from saleor.product.models import Category, Collection, Product

from plugins.order_emails.kinds.base import KINDS, TEXT_FIELDS, Audience, Kind, Texts
from plugins.order_emails.models import EmailText
from plugins.order_emails.policies import TextRefused
from product_content.languages import translated_text, written_day
from product_content.models import Guide


class BrokenText(ValueError):  # noqa: N818  reads as what it is
    """A text that cannot be filled in; the message says why, in words for staff."""


def names_in(text: str) -> list[str]:
    """Return the placeholders of a text in their order; raises BrokenText."""
    return [name for _, name in _parts(text) if name is not None]


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Return the text with its placeholders replaced; raises BrokenText."""
    return "".join(
        literal + ("" if name is None else str(_value(name, values)))
        for literal, name in _parts(text)
    )


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which blank lines part."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    try:
        for literal, name, form, conversion in Formatter().parse(text):
            if name is not None and (form or conversion or not name.isidentifier()):
                raise BrokenText(_not_a_name(name, form, conversion))
            yield literal, name
    except ValueError as error:
        if isinstance(error, BrokenText):
            raise
        message = gettext("A brace is not closed. Write {{ or }} for a brace of its own.")
        raise BrokenText(message) from error


def _not_a_name(name: str, form: str | None, conversion: str | None) -> str:
    whole = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
    return gettext("{%(name)s} is not a placeholder: only a name may stand in braces.") % {
        "name": whole
    }


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise BrokenText(gettext("{%(name)s} is not known here.") % {"name": name})
    return values[name]


_MAX_LENGTH = {"subject": 70, "preheader": 120, "heading": 120, "button": 60}
_PROMISED = ("subject", "preheader")  # by the Contract, for e-mails to an order's customer
_REQUIRED = ("subject", "heading", "opening")
_MAX_BODY_LENGTH = 4000


def editable_fields(kind: Kind) -> tuple[str, ...]:
    """Return the texts of a kind that staff may change."""
    promised = _PROMISED if kind.audience is Audience.CUSTOMER else ()
    button = () if kind.texts.button else ("button",)
    return tuple(name for name in TEXT_FIELDS if name not in {*promised, *button})


def problems_of(kind: Kind, words: Mapping[str, str], sensitive: Iterable[str]) -> dict[str, str]:
    """Return what is wrong with these words, one sentence per field; empty if all is well.

    `sensitive` are words and names that would tell others what the shop sells.
    """
    fields = editable_fields(kind)
    problems = {
        name: problem
        for name in fields
        if (problem := _problem(kind, name, words.get(name, ""), sensitive))
    }
    return problems or _missing(kind, " ".join(words.get(name, "") for name in fields))


def _problem(kind: Kind, name: str, text: str, sensitive: Iterable[str]) -> str:
    if not text.strip():
        return "Please write something here." if name in _REQUIRED or name == "button" else ""
    if name in _MAX_LENGTH and "\n" in text:
        return "This must be one line."
    if len(text) > _MAX_LENGTH.get(name, _MAX_BODY_LENGTH):
        return f"Use at most {_MAX_LENGTH.get(name, _MAX_BODY_LENGTH)} characters."
    if words := found_in(text, sensitive):
        return f"This tells what the shop sells: {', '.join(words)}. Others may read it."
    return _wrong_placeholder(kind, text)


def _wrong_placeholder(kind: Kind, text: str) -> str:
    try:
        unknown = [name for name in names_in(text) if name not in kind.placeholders]
    except BrokenText as broken:
        return str(broken)
    if not unknown:
        return ""
    known = ", ".join(f"{{{name}}}" for name in kind.placeholders) or "none"
    return f"{{{unknown[0]}}} is not known in this e-mail. Known are: {known}."


def _missing(kind: Kind, text: str) -> dict[str, str]:
    needed = [name for name, item in kind.placeholders.items() if item.required]
    missing = [name for name in needed if name not in names_in(text)]
    if not missing:
        return {}
    name = missing[0]
    return {"opening": f"{{{name}}} ({kind.placeholders[name].help}) must stand somewhere."}


def found_in(text: str, sensitive: Iterable[str]) -> list[str]:
    """Return the sensitive words and names that stand in a text."""
    pattern = "|".join(re.escape(word) for word in sorted(sensitive, key=len, reverse=True))
    hits = re.findall(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE) if pattern else []
    return sorted({hit.lower() for hit in hits})


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

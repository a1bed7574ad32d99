"""The shop's own words for its e-mails."""

from __future__ import annotations

from django.db.models import QuerySet

from plugins.order_emails.kinds.base import TEXT_FIELDS, Kind, Texts
from plugins.order_emails.models import EmailText


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

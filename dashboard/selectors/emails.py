"""E-mails as staff look at them: which there are, and how one would look."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from saleor.order.models import Order

from plugins.order_emails.kinds import KINDS, Audience, Kind, Texts
from plugins.order_emails.placeholders import BrokenText
from plugins.order_emails.previews import preview
from plugins.order_emails.selectors.texts import newest_texts

_GROUPS = {
    Audience.CUSTOMER: "To customers, about an order",
    Audience.ACCOUNT: "To people with an account",
    Audience.NOTICE: "To people who asked for it",
    Audience.STAFF: "To the shop",
}


@dataclass(frozen=True)
class LanguageState:
    """How the words of a kind stand in one language; `problem` is why they could not be used."""

    code: str
    state: str
    problem: str


@dataclass(frozen=True)
class EmailRow:
    """A kind of e-mail with its languages."""

    kind: Kind
    languages: list[LanguageState]


@dataclass(frozen=True)
class ShownEmail:
    """A preview. `is_real` says whether an order's own values are in it."""

    subject: str
    text: str
    html: str
    is_real: bool
    problem: str = ""


def email_rows() -> dict[str, list[EmailRow]]:
    """Return all kinds by the words for their audience."""
    newest = newest_texts()
    return {
        words: [
            EmailRow(kind, [_state(newest, kind, code) for code, _ in settings.LANGUAGES])
            for kind in KINDS.values()
            if kind.audience is audience
        ]
        for audience, words in _GROUPS.items()
    }


def shown_email(kind: Kind, language: str, texts: Texts, order: Order | None) -> ShownEmail:
    """Return how the e-mail would look, or what keeps it from being filled in."""
    try:
        rendered, is_real = preview(kind, language, texts, order)
    except BrokenText as broken:
        return ShownEmail("", "", "", is_real=False, problem=str(broken))
    return ShownEmail(rendered.subject, rendered.text, rendered.html, is_real)


def _state(newest: dict, kind: Kind, code: str) -> LanguageState:
    text = newest.get((kind.name, code))
    if text is None or text.is_default:
        return LanguageState(code, "Default", "")
    return LanguageState(code, f"Own words, version {text.version}", text.problem)

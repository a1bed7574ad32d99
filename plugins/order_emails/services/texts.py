"""Writing the shop's own words: versions are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from plugins.order_emails.errors import TextRefused
from plugins.order_emails.kinds import KINDS
from plugins.order_emails.models import EmailText
from plugins.order_emails.selectors.telling import telling_phrases
from plugins.order_emails.selectors.texts import newest_text
from plugins.order_emails.text_rules import problems_of

_MEANWHILE = "Somebody else saved a version meanwhile. Look at it, then save yours again."


def save_text(
    *, kind: str, language: str, seen_version: int, words: Mapping[str, str], user_id: int
) -> EmailText:
    """Store a new version of the words of a kind; `seen_version` is what the person began with.

    Raises TextRefused with what is wrong by field: nothing that could not be sent is stored.
    """
    if problems := problems_of(KINDS[kind], words, telling_phrases()):
        raise TextRefused(problems)
    return _add(kind, language, seen_version, user_id, **words)


def reset_text(*, kind: str, language: str, seen_version: int, user_id: int) -> EmailText:
    """Go back to the default words, as a version of its own. Raises TextRefused."""
    return _add(kind, language, seen_version, user_id, is_default=True)


def _add(kind: str, language: str, seen_version: int, user_id: int, **values: object) -> EmailText:
    newest = newest_text(kind, language)
    if (newest.version if newest else 0) != seen_version:
        raise TextRefused({"": _MEANWHILE})
    try:
        with transaction.atomic():
            return EmailText.objects.create(
                kind=kind,
                language=language,
                version=seen_version + 1,
                created_by_id=user_id,
                **values,
            )
    except IntegrityError as error:  # two saved in the same moment
        raise TextRefused({"": _MEANWHILE}) from error

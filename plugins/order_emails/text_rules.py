"""What words an e-mail may have: pure rules, asked before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from plugins.order_emails.kinds.base import TEXT_FIELDS, Audience, Kind
from plugins.order_emails.placeholders import BrokenText, names_in

_LONGEST = {"subject": 70, "preheader": 120, "heading": 120, "button": 60}
_PROMISED = ("subject", "preheader")  # by the Contract, for e-mails to an order's customer
_NEEDED = ("subject", "heading", "opening")
_LONGEST_BODY = 4000


def editable_fields(kind: Kind) -> tuple[str, ...]:
    """Return the texts of a kind that staff may change."""
    promised = _PROMISED if kind.audience is Audience.CUSTOMER else ()
    button = () if kind.texts.button else ("button",)
    return tuple(name for name in TEXT_FIELDS if name not in {*promised, *button})


def problems_of(kind: Kind, words: Mapping[str, str], telling: Iterable[str]) -> dict[str, str]:
    """Return what is wrong with these words, one sentence per field; empty if all is well.

    `telling` are words and names that would tell others what the shop sells.
    """
    fields = editable_fields(kind)
    problems = {
        name: problem
        for name in fields
        if (problem := _problem(kind, name, words.get(name, ""), telling))
    }
    return problems or _missing(kind, " ".join(words.get(name, "") for name in fields))


def _problem(kind: Kind, name: str, text: str, telling: Iterable[str]) -> str:
    if not text.strip():
        return "Please write something here." if name in _NEEDED or name == "button" else ""
    if name in _LONGEST and "\n" in text:
        return "This must be one line."
    if len(text) > _LONGEST.get(name, _LONGEST_BODY):
        return f"Use at most {_LONGEST.get(name, _LONGEST_BODY)} characters."
    if words := found_in(text, telling):
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


def found_in(text: str, telling: Iterable[str]) -> list[str]:
    """Return the telling words and names that stand in a text."""
    pattern = "|".join(re.escape(word) for word in sorted(telling, key=len, reverse=True))
    hits = re.findall(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE) if pattern else []
    return sorted({hit.lower() for hit in hits})

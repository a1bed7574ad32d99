"""Texts with {placeholders}, and which words an e-mail may have: pure rules.

A placeholder is a name in braces and nothing else: not a template. A text can name the values that
its kind of e-mail offers, but run nothing, reach into nothing and format nothing. `{{` and `}}`
stand for a brace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any

from django.utils.translation import gettext

from plugins.order_emails.kinds.base import TEXT_FIELDS, Audience, Kind


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

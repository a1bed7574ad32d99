"""Texts with {placeholders}: a name in braces and nothing else.

Not templates: a text can name the values that its kind of e-mail offers, but run nothing, reach
into nothing and format nothing. `{{` and `}}` stand for a brace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from django.utils.translation import gettext


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

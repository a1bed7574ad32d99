"""Organisations that help people, by country, from `data/help.yaml`.

Nothing of it is in the database: who changes a number changes the file, with day and source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries import countries

FILE = Path(__file__).parent / "data" / "help.yaml"


class HelpKind(models.TextChoices):
    """What an organisation does, in the order of its page."""

    EMERGENCY = "emergency", _("In an emergency")
    CRISIS = "crisis", _("If you cannot go on")
    VIOLENCE = "violence", _("After violence or abuse")
    DIRECTORY = "directory", _("To find a physiotherapist, therapist or doctor")
    INFORMATION = "information", _("To read and to ask")


@dataclass(frozen=True, slots=True)
class Organisation:
    """Somebody who helps. `checked` is None for what nobody has looked up; it has no number."""

    kind: HelpKind
    name: str
    url: str
    phone: str
    checked: date | None
    source: str

    @property
    def dialled(self) -> str:
        """The number as a link dials it."""
        return self.phone.replace(" ", "")


@dataclass(frozen=True, slots=True)
class HelpCountry:
    """A country with its organisations; `code` is in small letters, as in its address."""

    code: str
    organisations: tuple[Organisation, ...]

    @property
    def name(self) -> str:
        """Its name in the active language."""
        return str(countries.name(self.code.upper()))

    @property
    def by_kind(self) -> list[tuple[str, list[Organisation]]]:
        """The organisations under the heading of their kind."""
        grouped = [(kind, [o for o in self.organisations if o.kind == kind]) for kind in HelpKind]
        return [(str(kind.label), group) for kind, group in grouped if group]


@cache
def list_help() -> tuple[HelpCountry, ...]:
    """Return all countries, as the file has them."""
    return read_help(FILE.read_text(encoding="utf-8"))


def read_help(text: str) -> tuple[HelpCountry, ...]:
    """Return the countries of a file. Raises KeyError or ValueError for what is no such file."""
    return tuple(
        HelpCountry(
            code=str(country["code"]).lower(),
            organisations=tuple(_organisation(entry) for entry in country["entries"]),
        )
        for country in yaml.safe_load(text)["countries"]
    )


def _organisation(entry: dict[str, Any]) -> Organisation:
    return Organisation(
        kind=HelpKind(entry["kind"]),
        name=entry["name"],
        url=entry.get("url", ""),
        phone=entry.get("phone", ""),
        checked=entry.get("checked"),
        source=entry.get("source", ""),
    )


def help_problems(found: tuple[HelpCountry, ...], *, today: date) -> list[str]:
    """Return what is wrong with the entries: a number that nobody looked up, a day to come."""
    return [
        f"help.yaml: {country.code.upper()} {each.name}: {problem}"
        for country in found
        for each in country.organisations
        for problem in _problems(each, today)
    ]


def _problems(each: Organisation, today: date) -> list[str]:
    found = {
        "a number needs the day it was checked": each.phone and not each.checked,
        "a day needs its source": each.checked and not each.source.startswith("https://"),
        "the day is still to come": each.checked and each.checked > today,
        "an address begins with https://": each.url and not each.url.startswith("https://"),
        "a number has digits and spaces": each.phone and not each.dialled.isdigit(),
    }
    return [problem for problem, wrong in found.items() if wrong]


REVIEW_AFTER = 365  # days: numbers change more often than medicine does; our own figure


def help_overdue(found: tuple[HelpCountry, ...], *, today: date) -> list[str]:
    """Return the entries that should be looked up again."""
    return [
        f"help.yaml: {country.code.upper()} {each.name} was last checked on {each.checked}"
        for country in found
        for each in country.organisations
        if each.checked and (today - each.checked).days > REVIEW_AFTER
    ]

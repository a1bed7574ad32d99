"""The form of a guide, with its list of sources."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from product_content.models import Guide
from product_content.policies import may_publish_guide
from product_content.rendering import cited_ids

Source = dict[str, str]
_SOURCE_KEYS = ("id", "organisation", "title", "url")
_MAX_LENGTHS = {"id": 80, "organisation": 200, "title": 300, "url": 300}
_SOURCE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_validate_url = URLValidator(schemes=("https", "http"))


class SourcesField(forms.Field):
    """A list of sources, written one a line as "id | organisation | title | address"."""

    widget = UnfoldAdminTextareaWidget({"rows": 6})

    def prepare_value(self, value: object) -> object:
        """Return stored sources as lines; what was typed stays as it was."""
        if not isinstance(value, list):
            return value
        return "\n".join(_source_as_line(source) for source in value)

    def to_python(self, value: str | None) -> list[Source]:
        """Return the sources that the lines name; an error says which line is meant."""
        lines = [line for line in (value or "").splitlines() if line.strip()]
        sources = [_parse_source(number, line) for number, line in enumerate(lines, start=1)]
        ids = [source["id"] for source in sources]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValidationError(f"Two lines have the id “{twice[0]}”.")
        return sources


class GuideForm(forms.ModelForm):
    """A guide; a published one must stay complete."""

    sources = SourcesField(
        required=False,
        help_text="One a line: id | organisation | title | https://address (the address may be "
        "left out). The text cites a source as [^id].",
    )

    class Meta:
        model = Guide
        fields = ()  # the admin's fieldsets name them
        widgets = {
            "body_markdown": UnfoldAdminTextareaWidget({"rows": 28}),
            "when_to_stop": UnfoldAdminTextareaWidget({"rows": 5}),
        }
        labels = {"sort_order": "Place in the list"}
        help_texts = {
            "slug": "The end of the page's address. A new one breaks links to the old one.",
            "body_markdown": "## begins a heading, * a list item; [words](/sets/) is a link.",
            "updated_on": "The day on which the text last changed; readers see it.",
        }

    def clean_reviewed_on(self) -> date | None:
        """Refuse a review that has not happened yet."""
        return _refuse_future_day(self.cleaned_data["reviewed_on"])

    def clean_updated_on(self) -> date | None:
        """Refuse a change that has not happened yet."""
        return _refuse_future_day(self.cleaned_data["updated_on"])

    def clean(self) -> dict[str, Any]:
        """Refuse a change that leaves a published guide incomplete."""
        data = super().clean() or self.cleaned_data
        if self.instance.is_published and {"sources", "body_markdown"} <= data.keys():
            allowed, reason = may_publish_guide(
                cited=cited_ids(data["body_markdown"]),
                sources={source["id"] for source in data["sources"]},
            )
            if not allowed:
                self.add_error("sources", f"Customers read this guide, and {reason}.")
        return data


def _refuse_future_day(day: date | None) -> date | None:
    if day and day > timezone.localdate():
        raise ValidationError("This day is still to come.")
    return day


def _source_as_line(source: Source) -> str:
    return " | ".join(source.get(part, "") for part in _SOURCE_KEYS).removesuffix(" | ")


def _parse_source(number: int, line: str) -> Source:
    values = [value.strip() for value in line.split("|")]
    source = dict(zip(_SOURCE_KEYS, [*values, ""], strict=False))
    if problem := _source_problem(source, len(values)):
        raise ValidationError(f"Line {number}: {problem}")
    return source


def _source_problem(source: Source, parts: int) -> str:
    if parts not in (3, 4) or not (source["organisation"] and source["title"]):
        return "write id | organisation | title | address, with | only between them."
    if not _SOURCE_ID.fullmatch(source["id"]):
        return f"the id “{source['id']}” may have small letters, digits and single hyphens only."
    if too_long := [part for part in _SOURCE_KEYS if len(source[part]) > _MAX_LENGTHS[part]]:
        return f"the {too_long[0]} is longer than {_MAX_LENGTHS[too_long[0]]} characters."
    return _url_problem(source["url"])


def _url_problem(url: str) -> str:
    try:
        if url:
            _validate_url(url)
    except ValidationError:
        return f"“{url}” is no address that begins with https://."
    return ""

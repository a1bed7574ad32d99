"""The form in which staff write the words of an e-mail."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from plugins.order_emails.kinds import Kind, Texts
from plugins.order_emails.text_rules import editable_fields

_LABELS = {
    "subject": ("Subject", ""),
    "preheader": ("Preview line", "Mail programs show it beside the subject."),
    "heading": ("Heading", ""),
    "opening": ("Text", "A blank line begins a new paragraph."),
    "button": ("Words on the button", ""),
    "closing": ("Text at the end", "May be empty."),
}
_LONG = {"opening": 8, "closing": 4}


class WordsForm(forms.Form):
    """One field per text of a kind. What the words may be is checked by the service."""

    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in editable_fields(kind):
            self.fields[name] = _field(name)

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields of the words."""
        return [self[name] for name in editable_fields(self.kind)]

    def words(self) -> dict[str, str]:
        """Return what was typed, with one kind of line ends."""
        names = editable_fields(self.kind)
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in names}

    def as_texts(self) -> Texts:
        """Return what was typed as texts of an e-mail."""
        usual = {"heading": "", "opening": ""}
        return Texts(**(usual | self.words()))

    def refuse(self, problems: dict[str, str]) -> None:
        """Show the service's sentences beside their fields."""
        for name, problem in problems.items():
            self.add_error(name if name in self.fields else None, problem)


def _field(name: str) -> forms.CharField:
    label, hint = _LABELS[name]
    rows = _LONG.get(name)
    widget = UnfoldAdminTextareaWidget({"rows": rows}) if rows else UnfoldAdminTextInputWidget()
    return forms.CharField(
        label=label, help_text=hint, required=False, strip=False, widget=widget, max_length=4000
    )

"""What a form of the dashboard changes: it alone is written, and the log says what it was before.

Two people may have one row open. Whoever saves second is told what the first one changed, and
nothing of theirs is written over unless they save once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.formats import date_format
from django.utils.text import capfirst

from dashboard.services.staff import name_of

VERSION_FIELD = "expected_version"
_MAX_LOGGED = 120  # characters of a value in the log


class LinesField(forms.CharField):
    """A text of several lines.

    Browsers send each line's end as CR LF; the shop stores LF. A text that came back with other
    ends of lines, or without blank ones at its end, has not changed.
    """

    def to_python(self, value: Any) -> str:
        """Return the text with LF at the end of each line."""
        return _with_plain_ends(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether a word of the text has changed."""
        before, after = (_with_plain_ends(str(text or "")) for text in (initial, data))
        return not self.disabled and before.strip() != after.strip()


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- the log -----------------------------------------------------------------------------
def changes_in_words(form: forms.BaseForm, *, unlogged: Iterable[str] = ()) -> list[str]:
    """Return each changed field of a valid form with its value before and after.

    Of the `unlogged` fields the values stay out of the log, which nothing of a customer erases.
    """
    return [_change(form, name, name in unlogged) for name in form.changed_data]


def _change(form: forms.BaseForm, name: str, is_unlogged: bool) -> str:
    if name not in form.fields:  # of a new password, whose form has two
        return capfirst(name)
    label, field = str(form[name].label), form.fields[name]
    if is_unlogged:
        return label
    before, after = form.get_initial_for_field(field, name), form.cleaned_data.get(name)
    return f"{label}: {_shown(field, before)} → {_shown(field, after)}"


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple, set, QuerySet)):
        words = ", ".join(sorted(_label(field, one) for one in value))
    else:
        words = _label(field, value)
    text = " / ".join(words.splitlines())
    return f"“{text[:_MAX_LOGGED]}”" if text else "nothing"


def _label(field: forms.Field, value: Any) -> str:
    """Return a value as the form shows it: a choice by its label, a row by its name."""
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ModelChoiceField):
        return str(value if isinstance(value, Model) else _row(field, value))
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        pairs: Any = flatten_choices(choices)
        return str({str(key): label for key, label in pairs}.get(str(value), value))
    return str(value)


def _row(field: Any, key: Any) -> Any:
    """Return the row with this key; where it is gone, the key."""
    return field.queryset.model._default_manager.filter(pk=key).first() or key


def _row_in_words(form: Any, unlogged: Iterable[str]) -> str:
    name = f"{capfirst(form.instance._meta.verbose_name)} “{form.instance}”"
    if form.cleaned_data.get("DELETE"):
        return f"{name}: deleted"
    return f"{name}: {', '.join(changes_in_words(form, unlogged=unlogged))}"


class LogsValues:
    """Mixed into the base admin class: the log says of each change what was and what is.

    `unlogged_fields` are named without their values: those of people, and secrets.
    """

    unlogged_fields: tuple[str, ...] = ()

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Return the line of the log; for a new row, Django's."""
        if add:
            return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]
        lines = changes_in_words(form, unlogged=self.unlogged_fields)
        for formset in formsets or ():
            rows = [row for row in formset.forms if row.has_changed()]
            lines += [_row_in_words(row, self.unlogged_fields) for row in rows]
        return "; ".join(lines) or super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]


class SavesOnlyChanges:
    """Mixed into the base admin class: write only the columns that the form changed.

    While a form is open, orders count the use of vouchers and services compute prices; saving the
    whole row would restore the old values.

    Unfold would press its buttons in `save_model`, before the rows under the form are there. They
    are pressed once all of it is saved.
    """

    get_actions_submit_line: Any

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a new row whole, an existing one in part."""
        if not change:
            obj.save()
            return
        columns = obj._meta.concrete_fields
        stamps = {field.name for field in columns if getattr(field, "auto_now", False)}
        changed = {field.name for field in columns} & set(form.changed_data)
        if changed:
            obj.save(update_fields=changed | stamps)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the rows under the form, and what depends on them, then press the buttons."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        self.all_is_saved(request, form.instance)
        for button in self.get_actions_submit_line(request, form.instance.pk):
            if button.action_name in request.POST:
                button.method(request, form.instance)

    def all_is_saved(self, request: HttpRequest, obj: Any) -> None:
        """Update what depends on the row and on those under it."""


# --- one row, two people -----------------------------------------------------------------
class TellsOfOtherEdits:
    """Mixed into the base admin class: whoever saves a row second hears what the first changed.

    The page of a row holds a digest of what its form and the rows under it showed. When they are
    sent, the digest of what is stored now must be the same.
    """

    tells_of_other_edits = True  # False where the form compares what it changes by itself
    model: type[Model]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row, or None; one that is being saved is locked before it is compared."""
        if request.method == "POST" and self.tells_of_other_edits and connection.in_atomic_block:
            try:
                rows = self.model._base_manager.select_for_update().filter(pk=object_id)
                list(rows.values_list("pk"))
            except (ValueError, ValidationError):
                return None  # no row has such a key
        return super().get_object(request, object_id, from_field)  # type: ignore[misc]

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form's class; that of a row which is there compares digests."""
        base = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        if obj is None or not change or not self.tells_of_other_edits:
            return base
        return type(base.__name__, (_Compared, base), {"_request": request})

    def _create_formsets(self, request: HttpRequest, obj: Model, change: bool) -> Any:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        request.shown_formsets = formsets  # type: ignore[attr-defined]
        return formsets, inlines

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put the digest of what is stored now into the page."""
        if context.get("original") is not None and self.tells_of_other_edits:
            formsets = [inline.formset for inline in context.get("inline_admin_formsets", ())]
            version = version_of(context["adminform"].form, formsets)
            context |= {VERSION_FIELD: version}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


class _Compared:
    """Mixed into a row's form: refused where the row is not as the page showed it."""

    _request: HttpRequest

    def clean(self) -> Any:
        """Add an error that says who changed what meanwhile."""
        data = super().clean()  # type: ignore[misc]
        expected = self._request.POST.get(VERSION_FIELD, "")
        formsets = getattr(self._request, "shown_formsets", [])
        if expected and expected != version_of(self, formsets):
            self.add_error(None, ValidationError(_what_happened(self._request)))  # type: ignore[attr-defined]
        return data


def version_of(form: Any, formsets: Iterable[Any]) -> str:
    """Return a digest of what is stored of a row and of the rows under it, as far as forms show it.

    What was typed does not matter: each form's initial values are those of the database.
    """
    shown = [_initial(form), *(_initial(row) for rows in formsets for row in rows.initial_forms)]
    return hashlib.blake2b(json.dumps(shown).encode(), digest_size=12).hexdigest()


def _initial(form: Any) -> dict[str, str]:
    names = sorted((form.initial.keys() & form.fields.keys()) - {VERSION_FIELD})
    return {"pk": str(form.instance.pk)} | {name: _plain(form.initial[name]) for name in names}


def _plain(value: Any) -> str:
    if isinstance(value, (list, tuple, set, QuerySet)):
        return json.dumps(sorted(str(getattr(one, "pk", one)) for one in value))
    return str(getattr(value, "pk", value))


def _what_happened(request: HttpRequest) -> str:
    ending = (
        "What you typed is below and not saved yet. "
        "Save once more to put it in place of what is stored now."
    )
    entry = _last_change(request)
    if entry is None:
        return f"This was changed while you had it open. {ending}"
    at = date_format(timezone.localtime(entry.action_time), "H:i")
    return (
        f"{name_of(entry.user)} changed this at {at}, while you had it open: "
        f"{entry.get_change_message()}. {ending}"
    )


def _last_change(request: HttpRequest) -> LogEntry | None:
    match = request.resolver_match
    object_id = unquote(str(match.kwargs.get("object_id", ""))) if match else ""
    page: Any = getattr(getattr(match, "func", None), "model_admin", None)
    if not object_id or page is None:
        return None
    kind = ContentType.objects.get_for_model(page.model, for_concrete_model=False)
    entries = LogEntry.objects.filter(content_type=kind, object_id=object_id)
    return entries.select_related("user").order_by("-action_time").first()

"""What comes in with requests to the staff pages, not to be trusted: ids, filters, tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import IntegerField, Model, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern
from unfold.forms import PaginationInlineFormSet
from unfold.views import ChangeList

from plugins.ordering.submitted_forms import FIELD, claim_form, release_form
from product_content.parsing import parse_id


def id_of(model: type[Model], typed: str) -> str | None:
    """Return the primary key that was typed, spelled as the shop does, or None if no row has such.

    "0042" is "42" as well, which the pages need not know.
    """
    key = model._meta.pk
    if isinstance(key, IntegerField):
        number = parse_id(typed)
        return None if number is None else str(number)
    try:
        return str(key.to_python(typed))
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None


class PossibleIds:
    """Mixed into the base admin class: no view and no action meets an id that no row can have.

    Each admin class, Django's code and Unfold's would otherwise have to think of it at each
    `filter(pk=…)`, and some do not.
    """

    opts: Any
    model: type[Model]
    admin_site: Any
    has_view_or_change_permission: Any

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses; an impossible id leads to the list."""
        return [self._guarded(page) for page in super().get_urls()]  # type: ignore[misc]

    def _guarded(self, page: URLPattern) -> URLPattern:
        if "object_id" in getattr(page.pattern, "converters", ()):
            page.callback = self._with_possible_id(page.callback)
        return page

    def _with_possible_id(self, view: Callable[..., HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(
            request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if not self.admin_site.has_permission(request):
                return view(request, object_id, *args, **kwargs)  # asks to log in
            known = id_of(self.model, unquote(object_id))
            if known is None:
                if not self.has_view_or_change_permission(request):
                    raise PermissionDenied
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return view(request, quote(known), *args, **kwargs)

        return guarded

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row, or None; `from_field`, which the address may name, can be empty."""
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc]

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Model, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Show rows that nobody may change as they are, whatever a form sends about them."""
        given: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)  # type: ignore[misc]
        if not (inline.can_add or inline.can_change or inline.can_remove):
            for sent in ("data", "files", "save_as_new"):
                given.pop(sent, None)
        return given

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form that a list with fields to fill in is."""
        return super().get_changelist_formset(request, formset=PossibleRows, **kwargs)  # type: ignore[misc]

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Perform an action on the chosen rows, among which are no impossible ids."""
        sent = request.POST.copy()
        sent.setlist(ACTION_CHECKBOX_NAME, self._possible(sent.getlist(ACTION_CHECKBOX_NAME)))
        request.POST = sent  # type: ignore[assignment]
        return super().response_action(request, queryset, *args, **kwargs)  # type: ignore[misc]

    def _possible(self, ids: Iterable[str]) -> list[str]:
        return [typed for typed in ids if id_of(self.model, typed) is not None]


class PossibleRows(BaseModelFormSet):
    """The rows of a list with fields to fill in: those that are there, and no new one."""

    def total_form_count(self) -> int:
        """Return the number of rows, however many a request makes up."""
        return min(super().total_form_count(), self.initial_form_count())


class _PossibleChoices:
    """Mixed into a field with suggestions, which looks up what was sent before it is checked."""

    field: Any

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the options among which are the rows of the possible ids."""
        model = self.field.remote_field.model
        possible = [typed for typed in value if not typed or id_of(model, typed) is not None]
        return super().optgroups(name, possible, attr)  # type: ignore[misc]


class PossibleSelect(_PossibleChoices, AutocompleteSelect):
    """A choice of one row, by suggestions."""


class PossibleSelectMultiple(_PossibleChoices, AutocompleteSelectMultiple):
    """A choice of several rows, by suggestions."""


class PossiblePages(PaginationInlineFormSet):
    """Rows under a form, in pages; a page number that none can have means the first."""

    def get_page_num(self) -> int:
        """Return the number of the page that is asked for."""
        key = self.get_pagination_key()
        asked = (parse_id(sent.get(key)) for sent in (self.request.GET, self.request.POST))
        return next(filter(None, asked), 1)

    def is_valid(self) -> bool:
        """Say whether the rows may be saved; those that are only shown hinder nobody."""
        return not self.is_bound or super().is_valid()

    def full_clean(self) -> None:
        """Check the rows; what is wrong with one as a whole is said at its first field.

        Unfold's pages show such an error in tables, but nowhere in forms under one another.
        """
        super().full_clean()
        for form in self.forms:
            if (whole := form.errors.pop(NON_FIELD_ERRORS, None)) and form.visible_fields():
                first = form.visible_fields()[0].name
                form.errors.setdefault(first, form.error_class()).extend(whole)


class DeclaredChangeList(ChangeList):
    """Refuses every lookup that no filter of the list takes.

    Django lets the address ask for each field of the row, so that a hash or the code of a gift
    card can be spelled out letter by letter (`?password__startswith=`), whatever the page shows.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters; raises DisallowedModelAdminLookup, which is answered with 400."""
        found = super().get_filters(request)
        _specs, _has_filters, left_over, *_rest = found
        if left_over:
            raise DisallowedModelAdminLookup("This list has no such filter.")
        return found


def claim(request: HttpRequest) -> bool:
    """Say whether this person sends this form for the first time, and remember that they did."""
    return claim_form(owner=_owner(request), token=request.POST.get(FIELD, ""))


def release(request: HttpRequest) -> None:
    """Let the form be sent again: what it asked for was refused."""
    release_form(owner=_owner(request), token=request.POST.get(FIELD, ""))


def _owner(request: HttpRequest) -> str:
    return f"staff {request.user.pk}"

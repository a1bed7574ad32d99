"""What comes in with requests to the staff pages, not to be trusted: ids, filters, tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import IntegerField, Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern
from unfold.views import ChangeList

from plugins.ordering.submitted_forms import FIELD, claim_form, release_form
from product_content.parsing import parse_id


def may_be_id(model: type[Model], typed: str) -> bool:
    """Say whether a row of this model could have what was typed as its primary key."""
    key = model._meta.pk
    if isinstance(key, IntegerField):
        return parse_id(typed) is not None
    try:
        key.to_python(typed)
    except (ValidationError, ValueError, TypeError, OverflowError):
        return False
    return True


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
            if not self.has_view_or_change_permission(request):
                raise PermissionDenied
            if not may_be_id(self.model, unquote(object_id)):
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return view(request, object_id, *args, **kwargs)

        return guarded

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Perform an action on the chosen rows, among which are no impossible ids."""
        sent = request.POST.copy()
        sent.setlist(ACTION_CHECKBOX_NAME, self._possible(sent.getlist(ACTION_CHECKBOX_NAME)))
        request.POST = sent  # type: ignore[assignment]
        return super().response_action(request, queryset, *args, **kwargs)  # type: ignore[misc]

    def _possible(self, ids: Iterable[str]) -> list[str]:
        return [typed for typed in ids if may_be_id(self.model, typed)]


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

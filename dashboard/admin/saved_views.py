"""Saved views of a staff list: named filters, private or shared. Unfold has none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from dashboard.models import SavedView
from dashboard.policies import may_delete_view, may_save_view
from dashboard.services.staff import name_of
from product_content.decisions import Refused
from product_content.parsing import parse_id


@dataclass(frozen=True)
class ViewLink:
    """A view as a link. `by` is the colleague who shared it, "" for one's own."""

    view_id: int
    name: str
    query: str
    is_shared: bool
    by: str
    may_drop: bool


def views_of(*, list_name: str, person: Any) -> list[ViewLink]:
    """Return the person's own views and those that colleagues share, by name; one query."""
    visible = Q(owner_id=person.pk) | Q(is_shared=True, owner__is_active=True)
    views = SavedView.objects.filter(visible, list_name=list_name).select_related("owner")
    return [_link(view, person) for view in views]


def _link(view: SavedView, person: Any) -> ViewLink:
    is_own = view.owner_id == person.pk
    return ViewLink(
        view_id=view.pk,
        name=view.name,
        query=view.query,
        is_shared=view.is_shared,
        by="" if is_own else name_of(view.owner),
        may_drop=may_delete_view(
            is_own=is_own, manages_staff=person.has_perm("account.manage_staff")
        ).allowed,
    )


class ViewRefused(Refused):
    """Nothing was changed; `str()` says why."""


def save_view(*, person: Any, list_name: str, name: str, query: str, is_shared: bool) -> None:
    """Save a view under a name; the list has checked `query`. Raises ViewRefused."""
    known = SavedView.objects.filter(owner_id=person.pk, list_name=list_name).count()
    allowed, why = may_save_view(query=query, known=known)
    if not allowed:
        raise ViewRefused(why)
    _view, is_new = SavedView.objects.get_or_create(
        owner_id=person.pk,
        list_name=list_name,
        name=name,
        defaults={"query": query, "is_shared": is_shared},
    )
    if not is_new:
        raise ViewRefused("You have a view of this name here. Choose another name.")


def delete_view(*, person: Any, list_name: str, view_id: int) -> None:
    """Delete a view; it is no error if there is none. Raises ViewRefused."""
    visible = Q(owner_id=person.pk) | Q(is_shared=True)
    view = SavedView.objects.filter(visible, list_name=list_name, pk=view_id).first()
    if view is None:
        return
    allowed, why = may_delete_view(
        is_own=view.owner_id == person.pk, manages_staff=person.has_perm("account.manage_staff")
    )
    if not allowed:
        raise ViewRefused(why)
    view.delete()


class ViewForm(forms.Form):
    """What the view is called, and whether colleagues see it."""

    name = forms.CharField(max_length=40, widget=UnfoldAdminTextInputWidget())
    is_shared = forms.BooleanField(
        label="Colleagues who may open this list see it too",
        required=False,
        widget=UnfoldBooleanWidget(),
    )


class SavedViews:
    """Mixed into an admin class: links above its list, and the page to save and delete views."""

    list_before_template = "dashboard/saved_views.html"
    keeps_search = False  # what is searched for may name a customer
    opts: Any
    admin_site: Any

    def get_urls(self) -> list[Any]:
        """Add the page of the views."""
        view = self.admin_site.admin_view(self.views_view)
        return [path("views/", view, name=_url_name(self.opts)), *super().get_urls()]  # type: ignore[misc]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list with the saved views of this person."""
        shown = super().changelist_view(request, extra_context)  # type: ignore[misc]
        context = getattr(shown, "context_data", None) or {}
        if "cl" in context:
            views = views_of(list_name=self.opts.label_lower, person=request.user)
            query = self._query(context["cl"], request.GET)
            context["views"], context["view_query"] = views, query
            context["view_is_kept"] = query in {view.query for view in views}
            context["views_page"] = reverse(f"admin:{_url_name(self.opts)}")
        return shown

    def views_view(self, request: HttpRequest) -> HttpResponse:
        """Save this page's query string as a view, or delete a view."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = ViewForm(request.POST if "keep" in request.POST else None)
        if "drop" in request.POST:
            return self._drop(request)
        if form.is_valid() and self._is_kept(request, form):
            return redirect(f"{self._list()}?{self._asked(request)}")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Views of {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "form": form,
            "query": self._asked(request),
            "views": views_of(list_name=self.opts.label_lower, person=request.user),
            "list": self._list(),
        }
        return TemplateResponse(request, "dashboard/saved_views_page.html", context)

    def _is_kept(self, request: HttpRequest, form: ViewForm) -> bool:
        try:
            save_view(
                person=request.user,
                list_name=self.opts.label_lower,
                query=self._asked(request),
                **form.cleaned_data,
            )
        except ViewRefused as refused:
            form.add_error(None, str(refused))
            return False
        messages.success(request, f"“{form.cleaned_data['name']}” is kept above the list.")
        return True

    def _drop(self, request: HttpRequest) -> HttpResponse:
        number = parse_id(request.POST["drop"])
        if number is None:
            messages.error(request, "There is no such view.")
            return redirect(request.get_full_path())
        try:
            delete_view(person=request.user, list_name=self.opts.label_lower, view_id=number)
        except ViewRefused as refused:
            messages.error(request, str(refused))
        return redirect(request.get_full_path())

    def _asked(self, request: HttpRequest) -> str:
        """Return the filters in this page's query string, "" if the list would refuse them."""
        try:
            changelist = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        except (IncorrectLookupParameters, SuspiciousOperation):
            return ""
        return self._query(changelist, request.GET)

    def _query(self, changelist: ChangeList, asked: QueryDict) -> str:
        """Return the part of a query string that may be saved: the list's filters and its order."""
        filters = (spec.expected_parameters() for spec in changelist.filter_specs)
        kept = {ORDER_VAR, *map(str, chain.from_iterable(filters))}
        if self.keeps_search:
            kept.add(SEARCH_VAR)
        named = {key: asked.getlist(key) for key in sorted(kept & set(asked)) if asked[key]}
        return urlencode(named, doseq=True)

    def _list(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def _url_name(opts: Any) -> str:
    return f"{opts.app_label}_{opts.model_name}_views"

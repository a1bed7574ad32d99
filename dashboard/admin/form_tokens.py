"""The one-time tokens of staff's forms (plugins/ordering/submitted_forms.py)."""

from __future__ import annotations

from django.http import HttpRequest

from plugins.ordering.submitted_forms import FIELD, claim_form, release_form


def claim(request: HttpRequest) -> bool:
    """Say whether this person sends this form for the first time, and remember that they did."""
    return claim_form(owner=_owner(request), token=request.POST.get(FIELD, ""))


def release(request: HttpRequest) -> None:
    """Let the form be sent again: what it asked for was refused."""
    release_form(owner=_owner(request), token=request.POST.get(FIELD, ""))


def _owner(request: HttpRequest) -> str:
    return f"staff {request.user.pk}"

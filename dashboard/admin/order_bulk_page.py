"""The frame of what is done to several orders: asked on a page of its own, then done to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from saleor.order.models import Order

from dashboard.services.order_bulk import MOST, BulkOutcome, each_order


@dataclass(frozen=True)
class BulkStep:
    """`do` is called per order with its id, the fields of `form`, and `actor_id` if it asks."""

    name: str
    question: str
    button: str
    form: type[forms.Form]
    do: Callable[..., None]
    names_actor: bool = True


def answer(
    admin: Any, request: HttpRequest, queryset: QuerySet[Order], step: BulkStep
) -> HttpResponse | None:
    """Ask on a page of its own; once it is confirmed, do it order by order and say what came."""
    chosen = chosen_orders(request, queryset)
    if not chosen:
        return None
    form = step.form(request.POST if "confirm" in request.POST else None)
    if form.is_valid():
        given = form.cleaned_data | ({"actor_id": request.user.pk} if step.names_actor else {})
        _tell(request, each_order(chosen, partial(_do_one, step, given)))
        return redirect(request.get_full_path())
    context = {
        **admin.admin_site.each_context(request),
        "title": step.question,
        "opts": admin.opts,
        "orders": chosen,
        "form": form,
        "step": step,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "dashboard/order_bulk.html", context)


def _do_one(step: BulkStep, given: dict[str, Any], order_id: int) -> None:
    step.do(order_id=order_id, **given)


def chosen_orders(request: HttpRequest, queryset: QuerySet[Order]) -> list[int]:
    """Return the ids of the chosen orders, none (and say so) when they are too many.

    What was confirmed counts as it was shown, also an order that left the list's filter since.
    """
    if "confirm" in request.POST:
        ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
        queryset = Order.objects.confirmed().filter(pk__in=filter(str.isdecimal, ids))
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(chosen) <= MOST:
        return chosen
    messages.error(request, f"Choose up to {MOST} orders at once. Nothing was done.")
    return []


def _tell(request: HttpRequest, outcome: BulkOutcome) -> None:
    if outcome.done:
        messages.success(request, f"Done for {_orders(outcome.done)}.")
    for why, orders in outcome.refused.items():
        messages.error(request, f"Not done for {_orders(orders)}: {why}")


def _orders(ids: tuple[int, ...]) -> str:
    word = "order" if len(ids) == 1 else "orders"
    return f"{word} {', '.join(map(str, ids))}"

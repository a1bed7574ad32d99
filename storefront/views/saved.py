"""What is saved for later: the account's list, or the one that a guest's browser keeps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from product_content.parsing import parse_id, parse_ids
from storefront.customers import customer_id
from storefront.decorators import private_page, same_origin_only
from storefront.responses import REFUSED, see_other
from storefront.saved_list import (
    MAX_SAVED,
    forget_saved,
    save_variants,
    saved_ids,
    saved_rows,
    shared_lists,
)
from storefront.views.basket import put_in


@require_safe
@private_page
def saved(request: HttpRequest) -> HttpResponse:
    """Show what the account has saved for later; a guest's list is in the browser."""
    customer = customer_id(request)
    rows = saved_rows(saved_ids(customer)) if customer else []
    context = {"in_account": customer is not None, "rows": rows, "lists": shared_lists(rows)}
    return render(request, "storefront/saved/page.html", context)


@require_POST
@same_origin_only
@private_page
def save(request: HttpRequest) -> HttpResponse:
    """Save something in the account; of a guest, nothing is kept here."""
    wanted = parse_ids(request.POST.getlist("variant")[:MAX_SAVED])
    customer = customer_id(request)
    if customer and save_variants(user_id=customer, variant_ids=wanted):
        return _saved(request, {"in_account": True})
    known = saved_rows(wanted)
    return _saved(request, {"in_account": False, "row": known[0] if known else None})


def _saved(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "storefront/saved/kept.html", context)
    if context["in_account"]:
        return see_other("/saved/")
    return render(request, "storefront/saved/without_script.html", context)


@require_POST
@same_origin_only
@private_page
def saved_rows_of_browser(request: HttpRequest) -> HttpResponse:
    """Show the list that a browser keeps: it sends numbers, and nothing of it stays here."""
    rows = saved_rows(parse_ids(request.POST.get("variants", "").split()[:MAX_SAVED]))
    context = {"in_account": False, "rows": rows, "lists": shared_lists(rows)}
    return render(request, "storefront/saved/rows.html", context)


@require_POST
@same_origin_only
@private_page
def unsave(request: HttpRequest) -> HttpResponse:
    """Take one thing off the account's list, or all of it."""
    customer, variant = customer_id(request), parse_id(request.POST.get("variant", ""))
    if customer and "everything" in request.POST:
        forget_saved(user_id=customer)
    elif customer and variant:
        forget_saved(user_id=customer, variant_id=variant)
    return see_other("/saved/")


@require_POST
@same_origin_only
@private_page
def move(request: HttpRequest) -> HttpResponse:
    """Put one piece into the basket and take it off the account's list."""
    variant, customer = parse_id(request.POST.get("variant", "")), customer_id(request)
    response = put_in(request, {variant: 1} if variant else {})
    if customer and variant and response.status_code < REFUSED:
        forget_saved(user_id=customer, variant_id=variant)
    return response

"""The basket: putting in, changing, codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from plugins.ordering.submitted_forms import FIELD
from product_content.pages import delivery_zones, home_delivery
from product_content.parsing import parse_id
from storefront.basket_changes import (
    BasketChange,
    add_several,
    add_to_basket,
    apply_code,
    change_line,
    claim_basket,
    remove_gift_card,
    remove_voucher,
)
from storefront.baskets import BasketNote, basket_quantity, get_basket, leave_note, take_note
from storefront.decorators import customer_id, private_page, same_origin_only
from storefront.for_sale import for_sale
from storefront.forms.basket import AddForm, CodeForm, LineForm, SeveralForm
from storefront.limits import begin_code_try, forgive_code_try, retry_after, wait_words
from storefront.orders import waiting_order
from storefront.responses import (
    INVALID,
    OK,
    REFUSED,
    TOO_MANY,
    read_basket_token,
    see_other,
    write_basket_token,
)
from storefront.wording import BasketRefused, CodeUnknown


@require_safe
@private_page
def basket(request: HttpRequest) -> HttpResponse:
    """Show the basket."""
    return _page(request)


@require_safe
@private_page
def count(request: HttpRequest) -> HttpResponse:
    """Give the number beside "Basket"; public pages fetch it apart: they hold nothing personal."""
    quantity = basket_quantity(read_basket_token(request))
    if not quantity:
        return HttpResponse(status=204)
    return render(request, "storefront/basket/count.html", {"quantity": quantity})


@require_POST
@same_origin_only
@private_page
def add(request: HttpRequest) -> HttpResponse:
    """Put something into the basket; the first time, a basket is opened."""
    form = AddForm(request.POST)
    if not form.is_valid():
        return _not_added(request, form, form.first_error(), INVALID)
    wanted = form.cleaned_data
    try:
        change = add_to_basket(
            token=read_basket_token(request),
            variant_id=wanted["variant"],
            quantity=wanted["quantity"],
            form_token=request.POST.get(FIELD, ""),
        )
    except BasketRefused as refused:
        return _not_added(request, form, str(refused), REFUSED)
    return _added(request, change, change.line_quantity)


@require_POST
@same_origin_only
@private_page
def add_all(request: HttpRequest) -> HttpResponse:
    """Put several things into the basket by one button."""
    form = SeveralForm(request.POST)
    pieces = form.cleaned_data["pieces"] if form.is_valid() else {}
    return put_in(request, pieces)


def put_in(request: HttpRequest, pieces: dict[int, int]) -> HttpResponse:
    """Add these pieces, by variant, and show the basket, or say what of them cannot be had."""
    change, refusals = add_several(
        token=read_basket_token(request),
        pieces=pieces,
        form_token=request.POST.get(FIELD, ""),
    )
    if change and not refusals:
        return _added(request, change, change.basket_quantity)
    context = {"messages": refusals, "change": change}
    part = "several_part" if request.htmx else "several"  # type: ignore[attr-defined]
    response = render(request, f"storefront/basket/{part}.html", context, status=REFUSED)
    if change:
        write_basket_token(response, change.token)
    return response


@require_POST
@private_page
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change the pieces of a line, or take it out."""
    form = LineForm({"quantity": 0} if "remove" in request.POST else request.POST)
    if not form.is_valid():
        return _page(request, wrong=(line_id, str(form.errors["quantity"][0])), status=INVALID)
    try:
        change = change_line(
            token=read_basket_token(request),
            line_id=line_id,
            quantity=form.cleaned_data["quantity"],
        )
    except BasketRefused as refused:
        return _page(request, wrong=(line_id, str(refused)), status=REFUSED)
    leave_note(change.token, _note_of(change))
    return see_other("/basket/")


def _note_of(change: BasketChange) -> BasketNote:
    if change.line_quantity:
        return BasketNote("changed", change.variant_id, change.line_quantity)
    return BasketNote("removed", change.variant_id, change.before)


@require_POST
@private_page
def code(request: HttpRequest) -> HttpResponse:
    """Apply a voucher or gift card, or take it out."""
    form = CodeForm(request.POST)
    try:
        if _took_out(request):
            return see_other("/basket/")
        if not form.is_valid():
            return _page(request, form=form, status=INVALID)
        if wait := begin_code_try(request):
            form.add_error("code", wait_words(wait))
            return retry_after(_page(request, form=form, status=TOO_MANY), wait)
        _try_code(request, form.cleaned_data["code"])
    except BasketRefused as refused:
        form.is_valid()
        form.add_error("code", str(refused))
        return _page(request, form=form, status=REFUSED)
    return see_other("/basket/")


def _try_code(request: HttpRequest, code: str) -> None:
    """Apply the code; only a try of one that nobody knows stays counted."""
    try:
        apply_code(token=read_basket_token(request), code=code)
    except CodeUnknown:
        raise
    except BasketRefused:
        forgive_code_try(request)
        raise
    forgive_code_try(request)
    leave_note(read_basket_token(request), BasketNote("code"))


def _took_out(request: HttpRequest) -> bool:
    token, card = read_basket_token(request), parse_id(request.POST.get("remove_card", ""))
    if "remove_voucher" in request.POST:
        code = remove_voucher(token=token)
        leave_note(token, BasketNote("code_removed", code=code))
    elif card is not None:
        remove_gift_card(token=token, card_id=card)
        leave_note(token, BasketNote("card_removed"))
    else:
        return False
    return True


def _added(request: HttpRequest, change: BasketChange, quantity: int) -> HttpResponse:
    """Say how many are in the basket now: of the variant, or of all where several were added."""
    if customer := customer_id(request):
        claim_basket(token=change.token, user_id=customer)
    if request.htmx:  # type: ignore[attr-defined]
        context = {"change": change, "quantity": quantity}
        response = render(request, "storefront/basket/added.html", context)
    else:
        leave_note(change.token, BasketNote("added"))
        response = see_other("/basket/")
    write_basket_token(response, change.token)
    return response


def _not_added(request: HttpRequest, form: AddForm, message: str, status: int) -> HttpResponse:
    variant = form.cleaned_data.get("variant")
    context = {
        "form": form,
        "message": message,
        "product": for_sale(variant) if variant else None,
        "typed": form.data.get("quantity", ""),
    }
    part = "not_added_part" if request.htmx else "not_added"  # type: ignore[attr-defined]
    return render(request, f"storefront/basket/{part}.html", context, status=status)


def _page(
    request: HttpRequest,
    *,
    wrong: tuple[int, str] | None = None,
    form: CodeForm | None = None,
    status: int = OK,
) -> HttpResponse:
    """Show the basket; `wrong` is a line with what is wrong with the number typed for it."""
    token = read_basket_token(request)
    context = {
        "basket": get_basket(token),
        "note": take_note(token) if status == OK else None,
        "code_form": form or CodeForm(),
        "wrong_line": wrong[0] if wrong else None,
        "wrong": wrong[1] if wrong else "",
        "typed": request.POST.get("quantity", ""),
        "waiting": waiting_order(token),
        "home_delivery": home_delivery(delivery_zones()),
    }
    return render(request, "storefront/basket/basket.html", context, status=status)

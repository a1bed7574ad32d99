"""What a customer says of an order's lines, and the wish to be asked for it later."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from plugins.fulfilment.policies import ReviewRefused
from plugins.fulfilment.reviews import (
    OrderReviews,
    ReviewedLine,
    reviews_of_order,
    want_invitation,
    withdraw_review,
    write_review,
)
from storefront.forms.orders import ReviewForm
from storefront.order_access import order_page
from storefront.orders import order_id_of
from storefront.responses import INVALID, REFUSED, form_view, see_other


@require_safe
@order_page
def order_reviews(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what can be said of an order, what was said, and whether the customer is asked."""
    order_id, reviews = _found(token)
    context = {"token": token, "number": order_id, "reviews": reviews}
    return render(request, "storefront/orders/reviews.html", context)


@form_view
@order_page
def review(request: HttpRequest, token: UUID, line: int) -> HttpResponse:
    """Take a review of one line of the order, or a changed one."""
    order_id, found = _line_of(token, line)
    if request.method != "POST":
        return _form_page(request, token, order_id, found, ReviewForm(None, line=found))
    form = ReviewForm(request.POST, line=found)
    if not form.is_valid():
        return _form_page(request, token, order_id, found, form, INVALID)
    try:
        write_review(
            order_id=order_id,
            line_id=found.id,
            expected_version=form.cleaned_data["expected_version"],
            words=form.words(),
            language=get_language() or "",
        )
    except ReviewRefused as refused:
        form.refuse(str(refused), refused.field, _found(token)[1].line(found.id))
        status = INVALID if refused.field else REFUSED
        return _form_page(request, token, order_id, found, form, status)
    return see_other(f"/orders/{token}/reviews/")


@require_POST
@order_page
def withdraw(request: HttpRequest, token: UUID, line: int) -> HttpResponse:
    """Delete the review of a line; one that is gone already is no error."""
    order_id, _reviews = _found(token)
    withdraw_review(order_id=order_id, line_id=line)
    return see_other(f"/orders/{token}/reviews/")


@require_POST
@order_page
def wish(request: HttpRequest, token: UUID) -> HttpResponse:
    """Note whether the customer wishes to be asked, some weeks after the parcel came."""
    order_id, reviews = _found(token)
    if reviews.may_wish:
        want_invitation(order_id=order_id, wanted="wanted" in request.POST)
    return see_other(f"/orders/{token}/reviews/")


def _found(token: UUID) -> tuple[int, OrderReviews]:
    order_id = order_id_of(token)
    if order_id is None:
        raise Http404
    return order_id, reviews_of_order(order_id)


def _line_of(token: UUID, line_id: int) -> tuple[int, ReviewedLine]:
    order_id, reviews = _found(token)
    line = reviews.line(line_id)
    if line is None:
        raise Http404
    return order_id, line


def _form_page(
    request: HttpRequest,
    token: UUID,
    number: int,
    line: ReviewedLine,
    form: ReviewForm,
    status: int = 200,
) -> HttpResponse:
    context = {"token": token, "number": number, "line": line, "form": form}
    return render(request, "storefront/orders/review.html", context, status=status)

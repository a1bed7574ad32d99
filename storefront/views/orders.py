"""The page of a placed order, for whoever its link or this browser lets in; returns; reviews.

A link that got lost is sent again. A customer sends something back: the form, what to do then, the
label, and taking it back. They say how the order's lines are, or wish to be asked for it later.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from plugins.fulfilment.models import ReturnState
from plugins.fulfilment.policies import ReturnRefused, ReviewRefused
from plugins.fulfilment.returns import announce_return, set_return_state
from plugins.fulfilment.reviews import (
    OrderReviews,
    ReviewedLine,
    reviews_of_order,
    want_invitation,
    withdraw_review,
    write_review,
)
from plugins.ordering.ending import CANCELLED_BY_CUSTOMER
from plugins.ordering.links import order_from_link
from plugins.ordering.outcomes import (
    CancelRefused,
    OrderRefused,
    PaymentProcessing,
    PaymentUnavailable,
)
from plugins.ordering.paying import start_payment
from plugins.ordering.refunds import cancel_order
from storefront.accounts import has_account
from storefront.baskets import basket_exists
from storefront.decorators import customer_id, private_page
from storefront.discretion import what_others_saw
from storefront.email_links import request_order_link
from storefront.forms.orders import MessageForm, NewLinkForm, ReturnForm, ReviewForm
from storefront.limits import is_within
from storefront.order_access import give_order_access, link_expired, order_page
from storefront.orders import get_order_page, order_id_of
from storefront.receipts import credit_note_of, get_receipt, invoice_of_token, receipt_pdf
from storefront.responses import (
    INVALID,
    REFUSED,
    TOO_MANY,
    UNAVAILABLE,
    delete_basket_cookie,
    form_view,
    not_sent,
    or_404,
    pdf_file,
    read_basket_token,
    see_other,
)
from storefront.returns import ReturnPage, get_return_page, replacement_of, return_label
from storefront.types import OrderPage
from storefront.views.basket import put_in
from storefront.views.pages import take_message
from storefront.wording import LinkNotSent

_REPLACEMENT = _(
    "This order replaces something that you sent back. If you do not want it any more, please "
    "answer one of our e-mails, and you get your money back."
)


@require_safe
@private_page
def open_order(request: HttpRequest, signed: str, page: str = "order") -> HttpResponse:
    """Give this browser access to the order of an e-mail's link, and redirect to one of its pages.

    `page` is the name of that. The link itself stays out of the history and of referrers.
    """
    order = order_from_link(signed)
    if order is None:
        return link_expired(request)
    response = redirect(f"storefront:{page}", token=order.token)
    give_order_access(request, response, order.token)
    return response


@require_safe
@order_page
def order(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show how the order stands and what happens next."""
    return _page(request, or_404(get_order_page(token)))


@require_POST
@order_page
def pay(request: HttpRequest, token: UUID) -> HttpResponse:
    """Send the customer on to pay an order that still waits for it."""
    order_id = or_404(order_id_of(token))
    try:
        payment = start_payment(order_id=order_id)
    except PaymentProcessing:
        return see_other(f"/orders/{token}/")
    except OrderRefused as refused:
        return _page(request, or_404(get_order_page(token)), str(refused), REFUSED)
    return see_other(payment.url or f"/orders/{token}/")


@form_view
@order_page
def cancel(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask for confirmation, then cancel an order that nobody has begun to pack."""
    order = or_404(get_order_page(token))
    if order.state != "waiting" and order.returns.replaces:
        return _cancel_page(request, order, str(_REPLACEMENT), REFUSED)  # its money lies elsewhere
    if request.method != "POST":
        return _cancel_page(request, order, order.cancel_refusal)
    try:
        cancel_order(order_id=order.id, actor_id=customer_id(request), reason=CANCELLED_BY_CUSTOMER)
    except (CancelRefused, PaymentProcessing, PaymentUnavailable) as refused:
        return _cancel_page(request, order, str(refused), REFUSED)
    return see_other(f"/orders/{token}/")


@form_view
@order_page
def question(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take a question about an order; the answer goes to the order's customer."""
    order, form, status = or_404(get_order_page(token)), MessageForm(request.POST or None), None
    if request.method == "POST":
        status = take_message(request, form, order.id)
    sent = request.method == "POST" and status is None
    context = {"order": order, "form": form, "sent": sent}
    return render(request, "storefront/orders/question.html", context, status=status or 200)


@require_POST
@order_page
def buy_again(request: HttpRequest, token: UUID) -> HttpResponse:
    """Put what was ordered into the basket once more, as far as it can be had."""
    return put_in(request, or_404(get_order_page(token)).buyable)


@require_safe
@order_page
def receipt(request: HttpRequest, token: UUID) -> HttpResponse:
    """Return the receipt of a paid order as a PDF with a neutral file name."""
    found = or_404(get_receipt(token))
    return pdf_file(receipt_pdf(found), f"receipt-{found.order.number}")


@require_safe
@order_page
def invoice(request: HttpRequest, token: UUID, wording: str = "") -> HttpResponse:
    """Return the invoice of an order as a PDF with a neutral file name.

    `wording` is "neutral" for one that names no goods.
    """
    file = or_404(invoice_of_token(token, neutral=bool(wording)))
    return pdf_file(file.content, file.name)


@require_safe
@order_page
def credit_note(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """Return a credit note of the order as a PDF with a neutral file name."""
    file = or_404(credit_note_of(token, number))
    return pdf_file(file.content, file.name)


def _cancel_page(
    request: HttpRequest, order: OrderPage, refusal: str, status: int = 200
) -> HttpResponse:
    context = {"order": order, "refusal": refusal}
    return render(request, "storefront/orders/cancel.html", context, status=status)


def _page(
    request: HttpRequest, page: OrderPage, message: str = "", status: int = 200
) -> HttpResponse:
    free = customer_id(request) is not None and not has_account(page.token)
    context = {
        "order": page,
        "message": message,
        "may_be_added": free,
        "returns": page.returns,
        "saw": what_others_saw(page),
        "reviews": reviews_of_order(page.id) if page.may_arrive else None,
    }
    response = render(request, "storefront/orders/order.html", context, status=status)
    basket = read_basket_token(request)
    if basket and not basket_exists(basket):  # the order was paid, and the basket deleted
        delete_basket_cookie(response)
    return response


@form_view
@private_page
def new_link(request: HttpRequest) -> HttpResponse:
    """Ask which order, and have its link sent; the answer is the same whether there is one."""
    form = NewLinkForm(request.POST or None)
    if not form.is_bound:
        return _link_page(request, form, 200)
    if not form.is_valid():
        return _link_page(request, form, INVALID)
    if not is_within(request, what="order-link"):
        return _link_page(request, form, TOO_MANY)
    try:
        request_order_link(number=form.cleaned_data["number"], email=form.cleaned_data["email"])
    except LinkNotSent:
        return _link_page(request, form, UNAVAILABLE)
    return redirect("storefront:order_link_sent")


@require_safe
@private_page
def link_sent(request: HttpRequest) -> HttpResponse:
    """Say that an e-mail may be on its way."""
    return render(request, "storefront/orders/link_sent.html")


def _link_page(request: HttpRequest, form: NewLinkForm, status: int) -> HttpResponse:
    context = {"form": form, **not_sent(status)}
    return render(request, "storefront/orders/new_link.html", context, status=status)


@form_view
@order_page
def send_back(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask what comes back and announce it; while it is on its way, say what to do."""
    page = or_404(get_return_page(token))
    if request.method != "POST":
        return _return_page(request, page, ReturnForm(None, page=page))
    form = ReturnForm(request.POST, page=page)
    if not form.is_valid():
        return _return_page(request, page, form, status=INVALID)
    try:
        announce_return(order_id=page.order_id, **form.wanted())
    except ReturnRefused as refused:
        return _return_page(request, page, form, str(refused), REFUSED)
    return see_other(f"/orders/{token}/return/")


@require_POST
@order_page
def withdraw_return(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take the return back: the customer keeps it."""
    page = or_404(get_return_page(token))
    try:
        set_return_state(order_id=page.order_id, state=ReturnState.WITHDRAWN, actor_id=None)
    except ReturnRefused:  # it is here already, or was withdrawn in another tab: the page says so
        return see_other(f"/orders/{token}/return/")
    return see_other(f"/orders/{token}/")


@require_safe
@order_page
def return_label_file(request: HttpRequest, token: UUID) -> HttpResponse:
    """Return the label for the way back as a PDF with a neutral file name."""
    file = or_404(return_label(token))
    return pdf_file(file, f"label-{or_404(get_return_page(token)).number}")


@require_safe
@order_page
def replacement(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """Open the order that sends other sizes, for whoever may open the one it replaces."""
    other = or_404(replacement_of(token, number))
    response = see_other(f"/orders/{other}/")
    give_order_access(request, response, other)
    return response


def _return_page(
    request: HttpRequest, page: ReturnPage, form: ReturnForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form, "refusal": refusal}
    return render(request, "storefront/orders/return.html", context, status=status)


@require_safe
@order_page
def order_reviews(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what can be said of an order, what was said, and whether the customer is asked."""
    order_id, reviews = _found_lines(token)
    context = {"token": token, "number": order_id, "reviews": reviews}
    return render(request, "storefront/orders/reviews.html", context)


@form_view
@order_page
def review(request: HttpRequest, token: UUID, line: int) -> HttpResponse:
    """Take a review of one line of the order, or a changed one."""
    order_id, found = _line_of(token, line)
    if request.method != "POST":
        return _review_page(request, token, order_id, found, ReviewForm(None, line=found))
    form = ReviewForm(request.POST, line=found)
    if not form.is_valid():
        return _review_page(request, token, order_id, found, form, INVALID)
    try:
        write_review(
            order_id=order_id,
            line_id=found.id,
            expected_version=form.cleaned_data["expected_version"],
            words=form.words(),
            language=get_language() or "",
        )
    except ReviewRefused as refused:
        form.refuse(str(refused), refused.field, _found_lines(token)[1].line(found.id))
        status = INVALID if refused.field else REFUSED
        return _review_page(request, token, order_id, found, form, status)
    return see_other(f"/orders/{token}/reviews/")


@require_POST
@order_page
def take_back_review(request: HttpRequest, token: UUID, line: int) -> HttpResponse:
    """Delete the review of a line; one that is gone already is no error."""
    order_id, _reviews = _found_lines(token)
    withdraw_review(order_id=order_id, line_id=line)
    return see_other(f"/orders/{token}/reviews/")


@require_POST
@order_page
def wish(request: HttpRequest, token: UUID) -> HttpResponse:
    """Note whether the customer wishes to be asked, some weeks after the parcel came."""
    order_id, reviews = _found_lines(token)
    if reviews.may_wish:
        want_invitation(order_id=order_id, wanted="wanted" in request.POST)
    return see_other(f"/orders/{token}/reviews/")


def _found_lines(token: UUID) -> tuple[int, OrderReviews]:
    order_id = or_404(order_id_of(token))
    return order_id, reviews_of_order(order_id)


def _line_of(token: UUID, line_id: int) -> tuple[int, ReviewedLine]:
    order_id, reviews = _found_lines(token)
    line = or_404(reviews.line(line_id))
    return order_id, line


def _review_page(
    request: HttpRequest,
    token: UUID,
    number: int,
    line: ReviewedLine,
    form: ReviewForm,
    status: int = 200,
) -> HttpResponse:
    context = {"token": token, "number": number, "line": line, "form": form}
    return render(request, "storefront/orders/review.html", context, status=status)

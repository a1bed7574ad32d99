"""Reviews: who may write one of which line, its moderation, and the one e-mail that asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine

from plugins.fulfilment.models import OPEN_RETURNS, ReviewInvitation
from plugins.fulfilment.policies import ReviewRefused, may_review, review_problem
from plugins.fulfilment.returns import arrived_on
from plugins.fulfilment.signals import review_wanted
from plugins.ordering.email_promises import may_send
from plugins.ordering.locks import lock_order
from plugins.ordering.order_messages import sells_gift_card
from plugins.ordering.pieces import pieces_of
from plugins.ordering.signals import order_anonymised
from plugins.ordering.totals import full_name
from product_content.kinds import KINDS
from product_content.models import DeclineReason, Review, ReviewState

INVITE_AFTER = timedelta(weeks=4)  # after it arrived: time to have used it more than once
_MAX_PER_RUN = 200  # invitations; the next run takes the rest


@dataclass(frozen=True, slots=True)
class ReviewWords:
    """What a customer says of an order line; marks from 1 to 5, `size_accuracy` None if unasked."""

    name: str
    comfort: int
    size_accuracy: int | None
    discretion: int
    text: str


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """An order line for its customer: what was said of it, and whether that may still be said."""

    id: int
    name: str
    has_size: bool
    may_write: bool
    review: Review | None

    @property
    def decline_words(self) -> str:
        """Why the review is not published, in the customer's language; "" if nobody declined it."""
        reason = self.review.reason if self.review else ""
        return str(DeclineReason(reason).label) if reason else ""


@dataclass(frozen=True, slots=True)
class OrderReviews:
    """The lines of an order that were reviewed or may be, and whether its customer is asked to.

    `wanted` is that wish; `asked_at` when the e-mail was written. `may_wish` is False where nothing
    can come of it any more.
    """

    lines: tuple[ReviewedLine, ...]
    wanted: bool
    asked_at: datetime | None
    may_wish: bool

    @property
    def open_lines(self) -> tuple[ReviewedLine, ...]:
        """Those of which nothing was said yet."""
        return tuple(line for line in self.lines if line.review is None)

    def line(self, line_id: int) -> ReviewedLine | None:
        """Return the line with this id, None if it is not one of these."""
        return next((line for line in self.lines if line.id == line_id), None)


def reviews_of_order(order_id: int) -> OrderReviews:
    """Return what the customer of an order can say and has said; five queries at most."""
    order = Order.objects.get(pk=order_id)
    invitation = ReviewInvitation.objects.filter(order=order).first()
    sent = invitation.sent_at if invitation else None
    lines = _reviewed_lines(order)
    return OrderReviews(
        lines=lines,
        wanted=invitation is not None,
        asked_at=sent,
        may_wish=sent is None
        and order.status != OrderStatus.CANCELED
        and not sells_gift_card(order)
        and (not lines or any(line.review is None for line in lines))
        and may_send(order, "review_invitation").allowed,
    )


def _reviewed_lines(order: Order) -> tuple[ReviewedLine, ...]:
    lines = order.lines.filter(variant__isnull=False).order_by("pk")
    related = lines.select_related("variant__product__category", "review")
    known = pieces_of(order)
    found = (_reviewed(line, order, known[line.pk].out) for line in related)
    return tuple(line for line in found if line.may_write or line.review)


def _reviewed(line: OrderLine, order: Order, out: int) -> ReviewedLine:
    kind = KINDS.get(line.variant.product.category.slug)
    return ReviewedLine(
        id=line.pk,
        name=full_name(line),
        has_size=bool(kind and kind.has_sizes),
        may_write=may_review(out=out, cancelled=order.status == OrderStatus.CANCELED).allowed,
        review=getattr(line, "review", None),
    )


@transaction.atomic
def write_review(
    *, order_id: int, line_id: int, expected_version: int, words: ReviewWords, language: str
) -> Review:
    """Keep a review, or the changed one, for moderation; it is published by a person, or never.

    `expected_version` is that of the review which the form was shown with, 0 for a new one. The
    same words sent twice are kept once. Raises ReviewRefused, in words for the customer.
    """
    order, _checkout = lock_order(order_id)
    line = next((one for one in _reviewed_lines(order) if one.id == line_id), None)
    if line is None:
        raise ReviewRefused(gettext("Nothing of this can be reviewed (any more)."))
    if problem := review_problem(words.name, words.text, known=_names_of(order)):
        raise ReviewRefused(problem.reason, problem.field)
    values = {**asdict(words), "language": language}
    if not line.has_size:
        values["size_accuracy"] = None
    return _store(line, expected_version, values)


def _store(line: ReviewedLine, expected_version: int, values: dict[str, object]) -> Review:
    known = line.review
    if known and all(getattr(known, name) == value for name, value in values.items()):
        return known
    if (known.version if known else 0) != expected_version:
        changed = gettext("You changed this in another window meanwhile. Send it again to keep it.")
        raise ReviewRefused(changed)
    review = known or Review(line_id=line.id, version=0, product_id=_product_of(line.id))
    for name, value in {**values, "state": ReviewState.WAITING, "reason": ""}.items():
        setattr(review, name, value)
    review.version += 1
    review.save()
    return review


def _product_of(line_id: int) -> int:
    return int(OrderLine.objects.values_list("variant__product_id", flat=True).get(pk=line_id))


def _names_of(order: Order) -> list[str]:
    """Return every name and e-mail address by which the order's customer is known here."""
    people = [order.user, order.billing_address, order.shipping_address]
    names = [getattr(one, part) for one in people if one for part in ("first_name", "last_name")]
    account = order.user.email if order.user else ""
    return [*names, order.user_email, account]


@transaction.atomic
def withdraw_review(*, order_id: int, line_id: int) -> None:
    """Delete a review on its writer's word; one that is gone already is no error."""
    lock_order(order_id)
    Review.objects.filter(line_id=line_id, line__order_id=order_id).delete()


def erase_reviews(*, order_ids: Iterable[int]) -> None:
    """Delete the reviews of these orders and the wishes to be asked for one."""
    orders = list(order_ids)
    Review.objects.filter(line__order_id__in=orders).delete()
    ReviewInvitation.objects.filter(order_id__in=orders).delete()


@transaction.atomic
def publish_review(*, review_id: int, expected_version: int, answer: str, user_id: int) -> None:
    """Show a review on its product's page, with the shop's answer if there is one.

    Raises ReviewRefused if its writer changed it since it was read, or took it back.
    """
    values = {"state": ReviewState.PUBLISHED, "reason": "", "answer": answer}
    _decide(review_id, expected_version, user_id, values)


@transaction.atomic
def decline_review(*, review_id: int, expected_version: int, reason: str, user_id: int) -> None:
    """Publish a review no (longer), for one of the reasons of the public rules.

    Raises ReviewRefused as `publish_review` does, and without a reason.
    """
    if reason not in DeclineReason.values:
        raise ReviewRefused("Say which rule it breaks.", "reason")
    values = {"state": ReviewState.DECLINED, "reason": reason}
    _decide(review_id, expected_version, user_id, values)


def _decide(
    review_id: int, expected_version: int, user_id: int, values: Mapping[str, object]
) -> None:
    review = Review.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
    if review is None:
        raise ReviewRefused("Its writer has taken it back.")
    if review.version != expected_version:
        raise ReviewRefused("Its writer has changed it meanwhile. Read it again.")
    for name, value in {**values, "decided_by_id": user_id}.items():
        setattr(review, name, value)
    review.save()


def want_invitation(*, order_id: int, wanted: bool) -> None:
    """Note, or forget, that the customer wishes to be asked for a review; asked is asked."""
    if wanted:
        ReviewInvitation.objects.get_or_create(order_id=order_id)
    else:
        ReviewInvitation.objects.filter(order_id=order_id, sent_at=None).delete()


def is_to_be_invited(order: Order) -> bool:
    """Say whether the customer still wishes to be asked, and there is something to say."""
    reviews = reviews_of_order(order.pk)
    return reviews.wanted and order.status != OrderStatus.CANCELED and bool(reviews.open_lines)


def send_invitations(*, now: datetime | None = None) -> int:
    """Send `review_wanted` for each order whose customer wished it and has had it long enough.

    Return how many there were. A wish of which nothing can come any more is forgotten.
    """
    today = timezone.localdate(now)
    orders = list(_perhaps_due(now or timezone.now())[:_MAX_PER_RUN])
    return sum(_invite(order_id, today) for order_id in orders)


def _perhaps_due(now: datetime) -> QuerySet[Any, int]:
    """Return the ids of the orders whose last parcel left long enough ago."""
    waiting = ReviewInvitation.objects.filter(sent_at=None).order_by("pk")
    last = waiting.annotate(last=Max("order__shipments__parcel__created"))
    return last.filter(last__lte=now - INVITE_AFTER).values_list("order_id", flat=True)


@transaction.atomic
def _invite(order_id: int, today: date) -> bool:
    order, _checkout = lock_order(order_id)
    arrived = arrived_on(order)
    if arrived is None or today < arrived + INVITE_AFTER or _is_coming_back(order):
        return False
    waiting = ReviewInvitation.objects.filter(order=order, sent_at=None)
    if not is_to_be_invited(order):
        waiting.delete()
        return False
    if not waiting.update(sent_at=timezone.now()):
        return False  # another worker was quicker
    review_wanted.send(ReviewInvitation, order_id=order_id)
    return True


def _is_coming_back(order: Order) -> bool:
    return bool(order.returns.filter(state__in=OPEN_RETURNS).exists())


def connect() -> None:
    """Listen; connecting again changes nothing."""
    order_anonymised.connect(_forget, dispatch_uid="fulfilment.reviews")


def _forget(*, order_id: int, **_more: object) -> None:
    erase_reviews(order_ids=[order_id])

"""Orders that were sent, and what is said of them."""

import re

from saleor.order.models import Fulfillment

from plugins.fulfilment.packing import fulfil
from product_content.models import Review, ReviewState
from tests import personas
from tests.factories import UserFactory
from tests.personas import link_holder
from tests.unit.dashboard import builders

SET = "/sets/starter-set/"
SAID = {
    "comfort": "4",
    "size_accuracy": "5",
    "discretion": "3",
    "text": "Smooth, and as wide as it says.",
    "name": "Otter",
    "expected_version": "0",
}


def bought(*lines, user=None, left=None):
    """Return a paid order by Robin Marsh, all of it sent; `left` is when its parcel left."""
    order = builders.order(paid=True, user=user)
    for variant, pieces in lines:
        builders.line(order, variant, pieces)
    pieces = {line.pk: line.quantity for line in order.lines.all()}
    fulfil(order_id=order.pk, pieces=pieces, actor_id=UserFactory(is_staff=True).pk)
    if left:
        Fulfillment.objects.filter(order=order).update(created=left)
    order.refresh_from_db()
    return order


def first(order):
    return order.lines.order_by("pk").first()


def address(order, line=None, rest=""):
    return f"/orders/{order.token}/reviews/{f'{line.pk}/' if line else ''}{rest}"


def say(order, client=None, line=None, **said):
    client = client or link_holder(order)
    return client.post(address(order, line or first(order)), SAID | said)


def written(line, state=ReviewState.PUBLISHED, **fields):
    """Put a review of a line into the table."""
    values = {"comfort": 5, "size_accuracy": 4, "discretion": 5, "text": "Good.", "language": "en"}
    product = line.variant.product
    return Review.objects.create(**{**values, **fields}, line=line, product=product, state=state)


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def product_page(path=SET):
    return words(personas.anonymous().get(path))

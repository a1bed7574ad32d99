"""What the tests of returns do on the order's page."""

from django.core import mail

from plugins.fulfilment.packing import fulfil


def both_sent(order, clerk):
    """Return an order of two pieces of which both were sent."""
    fulfil(order_id=order.pk, pieces={order.lines.get().pk: 2}, actor_id=clerk.pk)
    mail.outbox.clear()
    return order


def path(order, rest=""):
    return f"/orders/{order.token}/return/{rest}"


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def sent(order, count=1, **fields):
    """What the form sends."""
    return {f"line_{order.lines.get().pk}": count, "sealed": "sealed", "reason": "", **fields}


def day(moment):
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"

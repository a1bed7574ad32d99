"""What a customer sees before paying, as the review page's form carries it."""

import re

from plugins.ordering.pricing import signed
from storefront.baskets import get_basket

_FIELD = re.compile(r'name="shown"\s+value="([^"]+)"')


def shown_to(client):
    """Return the picture in the form of the review page; "" where there is no form to pay."""
    found = _FIELD.search(client.get("/checkout/review/").content.decode())
    return found[1] if found else ""


def shown_of(checkout):
    """Return the picture of a basket as its page would carry it now."""
    return signed(get_basket(checkout.pk).picture)


def pay(client, shown=None, **fields):
    """Press the button of the review page; `shown` is what was on it, else it is read first."""
    shown = shown_to(client) if shown is None else shown
    return client.post("/checkout/place/", {"shown": shown, **fields})

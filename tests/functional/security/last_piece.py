"""Somebody buys the last piece of a set, while a crowd looks at its page."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.functional.security.live_proxy import get

BUY_THE_LAST = """
import time, django
django.setup()
from saleor.warehouse.models import Stock
from plugins.ordering.placing import place_order
from product_content.models import SafetyCard
from product_content.selectors import get_product, list_sets
from storefront import basket_changes, checkout
page = list_sets()[0]
SafetyCard.objects.filter(product_id=page.id).update(
    maker="A maker", device_class="I", marking="ukca", batch="B1", udi="(01)0123", importer="Importer")
variant = get_product("sets", page.slug).variants[0].id
stocks = Stock.objects.filter(product_variant__product__slug=page.slug)
stocks.update(quantity=0)
Stock.objects.filter(pk=stocks.filter(product_variant=variant)[0].pk).update(quantity=1)
token = basket_changes.add_to_basket(token=None, variant_id=variant, quantity=1).token
home = {"first_name": "Sam", "last_name": "Reed", "street_address_1": "1 Quiet Lane",
        "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}
checkout.set_address(token=token, email="sam@example.org", address=home)
method = checkout.list_delivery_methods(token)[0]
checkout.set_delivery(token=token, method_id=method.id)
print(page.url, flush=True)
input()
place_order(checkout_token=token)
print(time.time(), flush=True)
"""
SOLD_OUT = "We do not have it at the moment"


@contextmanager
def crowd(port, path, people=8):
    """Let so many people look at a page as fast as they can; yield when each asked, and what for."""
    seen, ended = [], Event()

    def look():
        while not ended.is_set():
            asked_at = time.time()
            status, _, page = get(port, path)
            assert status == 200
            seen.append((asked_at, SOLD_OUT in page))

    with ThreadPoolExecutor(people) as pool:
        looking = [pool.submit(look) for _ in range(people)]
        try:
            yield seen
        finally:
            ended.set()
    for each in looking:
        each.result()

"""Loads it all, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from saleor.account.models import User
from saleor.order.models import Order

from product_content.search.indexing import rebuild_search
from tests.bench.many import ledger
from tests.bench.many.copying import run
from tests.bench.many.customers import copy_customers, make_customer
from tests.bench.many.goods import copy_goods
from tests.bench.many.orders import copy_orders
from tests.bench.many.others import copy_others
from tests.bench.many.patterns import Pattern, make_patterns

_ORDERS_PER_CUSTOMER = 4


class HasOrders(Exception):  # noqa: N818  what is the matter, not an error of the program
    """The database has orders already: they might be real."""


@dataclass(frozen=True)
class Originals:
    """What is copied: orders of each kind, the customer of some, and who sent them."""

    patterns: list[Pattern]
    customer: User
    keeper: User


def load(*, orders: int, variants: int, add: bool = False) -> None:
    """Add about `orders` orders, and goods until there are `variants` variants.

    The orders are two years old to new, most of them sent. Raises HasOrders unless `add`.
    """
    if Order.objects.exists() and not add:
        raise HasOrders
    copy(make_originals(), orders=orders, variants=variants)
    run("VACUUM ANALYZE")  # as a shop's own maintenance would have done meanwhile


def make_originals() -> Originals:
    """Make what is copied, through the shop's services."""
    number = User.objects.count()
    keeper = User.objects.create(
        email=f"keeper-{number}@many.example", is_staff=True, is_active=False
    )
    customer = make_customer(f"pattern-{number}@many.example")
    patterns = list(make_patterns(customer=customer, keeper=keeper))
    return Originals(patterns, customer, keeper)


@transaction.atomic
def copy(originals: Originals, *, orders: int, variants: int) -> None:
    """Copy the originals. Until it is done, the shop's stock waits."""
    people = max(1, orders // _ORDERS_PER_CUSTOMER)
    run("SELECT setseed(0.5)")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with ledger.written_here():
        goods = copy_goods(variants)
        ledger.prepare()
        copy_customers(originals.customer, people)
        copy_orders(originals.patterns, orders, goods=goods, people=people)
        ledger.write()
    copy_others(originals.keeper, orders)
    run("DISCARD TEMP")
    rebuild_search()

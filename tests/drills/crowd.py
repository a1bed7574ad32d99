"""Customers who keep coming while a drill goes on, with baskets that were filled before it."""

from __future__ import annotations

import itertools
import queue
import threading
from dataclasses import dataclass, field

from tests.functional.stripe.sandbox import Sandbox
from tests.functional.stripe.storm.customers import Customer


@dataclass(frozen=True)
class Basket:
    """A filled basket: the cookie that leads to it, and its own token, which its order keeps."""

    cookie: tuple[str, str]
    token: str


def fill_baskets(count: int) -> queue.SimpleQueue[Basket]:
    """Fill baskets in the shop's database, every other one with a gift card."""
    from django.conf import settings
    from django.db import transaction
    from django.http import HttpResponse

    from storefront.responses import write_basket_token
    from tests.factories import GiftCardFactory, basket, variant_in_stock

    variant, name = variant_in_stock(100_000), settings.BASKET_COOKIE_NAME
    baskets: queue.SimpleQueue[Basket] = queue.SimpleQueue()
    with transaction.atomic():  # one commit for all: each is written to the disk
        for with_card in itertools.islice(itertools.cycle((True, False)), count):
            answer = HttpResponse()
            cards = [GiftCardFactory()] if with_card else []
            token = basket((variant, 2), cards=cards).pk
            write_basket_token(answer, token)
            baskets.put(Basket((name, answer.cookies[name].value), str(token)))
    return baskets


@dataclass
class Crowd:
    """A few customers at a time, each of whom buys what is in a basket and is followed by another."""

    shop: str
    sandbox: Sandbox
    baskets: queue.SimpleQueue[Basket]
    at_once: int = 3
    customers: list[Customer] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Let the first ones come."""
        self._threads = [threading.Thread(target=self._come) for _ in range(self.at_once)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let nobody else come, and wait until those who are there have finished."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    @property
    def tries(self) -> int:
        """How often a customer met an error, or no answer, and tried again."""
        return sum(customer.tries for customer in self.customers)

    @property
    def done(self) -> int:
        """How many have bought."""
        return sum(bool(one.page) and not one.is_alive() for one in self.customers)

    def customer(self) -> tuple[Customer, str]:
        """Return the next customer, who has not begun, and the basket's token; or queue.Empty."""
        basket = self.baskets.get_nowait()
        one = Customer(
            shop=self.shop,
            sandbox=self.sandbox,
            cookie=basket.cookie,
            habit="pays",
            at=_as_they_like,
        )
        self.customers.append(one)
        return one, basket.token

    def _come(self) -> None:
        while not self._ended.is_set():
            try:
                one, _ = self.customer()
            except queue.Empty:
                return
            one.start()
            one.join()


def _as_they_like(step: str) -> None:
    """Nobody waits for the others before a step."""

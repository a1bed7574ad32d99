"""Customers who go through the shop's pages, and try again when something breaks."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from tests.functional.stripe.sandbox import CARD, DECLINED, Sandbox

STEPS = ("place", "pay", "return")
HABITS = (
    "clicks twice",
    "changes the basket",
    "closes the tab",
    "is declined first",
    "leaves",
    "pays",
    "pays",
)
_PATIENCE = 120  # seconds until a customer gives up
_SHOWN = re.compile(r'name="shown" value="([^"]+)"')
_LINE = re.compile(r'action="/basket/lines/(\d+)/"')
_FORM = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Customer(threading.Thread):
    """One customer with one basket; `at` is called at the beginning of each step."""

    shop: str
    sandbox: Sandbox
    cookie: tuple[str, str]
    habit: str
    at: Callable[[str], None]
    tries: int = 0
    given_up: str = ""
    page: str = field(default="", init=False)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.browser = requests.Session()
        self.browser.cookies.set(*self.cookie)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Place, pay, return; whatever fails is done again, as people do."""
        self._step("place", self._place)
        if self.habit == "leaves" or self.given_up:
            self.at("pay"), self.at("return")
            return
        self._step("pay", self._pay)
        if self.habit == "closes the tab" or self.given_up:
            self.at("return")
            return
        self._step("return", self._return)

    def _step(self, name: str, act: Callable[[], bool]) -> None:
        self.at(name)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                if act():
                    return
            except requests.RequestException:
                pass
            self.tries += 1
            time.sleep(random.uniform(0.1, 0.5))
        self.given_up = name

    def _place(self) -> bool:
        review = self.browser.get(f"{self.shop}/checkout/review/", timeout=15)
        shown, form = _SHOWN.search(review.text), _FORM.search(review.text)
        if not review.ok or shown is None or form is None:
            return False
        fields = {"shown": shown[1], "csrfmiddlewaretoken": form[1]}
        if self.habit == "clicks twice":
            impatient = threading.Thread(target=self._press, args=(fields,), daemon=True)
            impatient.start()
        answer = self._press(fields)
        if answer is not None and answer.status_code == 303:
            self.page = answer.headers["Location"]
        return "/c/pay/" in self.page and not self._changes_the_basket()

    def _changes_the_basket(self) -> bool:
        """Go back from Stripe and take a piece out, once; the first page must not count then."""
        if self.habit != "changes the basket":
            return False
        basket = self.browser.get(f"{self.shop}/basket/", timeout=15)
        line, form = _LINE.search(basket.text), _FORM.search(basket.text)
        if line is None or form is None:
            return True
        fields = {"quantity": "1", "csrfmiddlewaretoken": form[1]}
        address = f"{self.shop}/basket/lines/{line[1]}/"
        if self.browser.post(address, data=fields, timeout=15).ok:
            self.habit = "pays"
        return True

    def _press(self, fields: dict[str, str]) -> requests.Response | None:
        try:
            return self.browser.post(
                f"{self.shop}/checkout/place/", data=fields, timeout=30, allow_redirects=False
            )
        except requests.RequestException:
            return None

    def _pay(self) -> bool:
        reference = self.page.rpartition("/")[2]
        if self.habit == "is declined first":
            self.sandbox.pay(reference, DECLINED)
            self.habit = "pays"
            return False
        answer = self.sandbox.pay(reference, CARD)
        self.page = answer.headers.get("Location", self.page)
        return answer.status_code == 303

    def _return(self) -> bool:
        return self.browser.get(self.page, timeout=30).ok

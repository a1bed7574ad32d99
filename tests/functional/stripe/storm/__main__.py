"""`python -m tests.functional.stripe.storm [--per-round N] [--short]`: kill, and count the money."""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from local_services.processes import wait_until
from tests.functional.stripe.storm.books import read_books
from tests.functional.stripe.storm.clerk import Clerk
from tests.functional.stripe.storm.customers import HABITS, STEPS, Customer
from tests.functional.stripe.storm.processes import Shop

PROGRAMS = ("web", "worker", "sandbox", "postgres", "valkey", "beat")
MOMENTS = (0.0, 0.15)  # seconds into the step
WEBHOOKS = ("as always", "drop", "duplicate", "delay", "reorder")


class Rendezvous:
    """Lets all customers of a round begin a step together, and the killer with them."""

    def __init__(self, customers: int, step: str) -> None:
        self._step, self._barrier = step, threading.Barrier(customers + 1)

    def at(self, step: str) -> None:
        """Wait for the others, if this is the step."""
        if step == self._step:
            self._barrier.wait(300)


def main() -> int:
    """Run all rounds, let time pass, print the table; 0 if the books agree."""
    options = _options()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="stillwater-storm-") as folder:
        Path(folder).chmod(0o755)
        shop = Shop(Path(folder))
        os.environ.update(shop.environment())
        try:
            shop.start()
            return Storm(shop, options).run()
        finally:
            shop.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="storm", description=__doc__)
    parser.add_argument("--per-round", type=int, default=6, help="checkouts per round")
    parser.add_argument("--short", action="store_true", help="one round per program")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Storm:
    """Rounds of checkouts; in each, one program is killed in one step."""

    def __init__(self, shop: Shop, options: argparse.Namespace) -> None:
        import django

        django.setup()
        from tests.factories import variant_in_stock

        self.shop, self.options = shop, options
        self.variant = variant_in_stock(100_000)
        self.rows: list[tuple[object, ...]] = []
        self.habits = itertools.cycle(HABITS)
        self.with_card = itertools.cycle((True, False))  # every other customer has a gift card

    def run(self) -> int:
        """Run the rounds and return the exit code."""
        for number, (program, step, moment) in enumerate(self._rounds()):
            webhooks = WEBHOOKS[number % len(WEBHOOKS)]
            self._round(program, step, moment, webhooks)
        let_time_pass(self.shop)
        return self._report()

    def _rounds(self) -> list[tuple[str, str, float]]:
        if self.options.short:
            return [(p, STEPS[n % len(STEPS)], 0.05) for n, p in enumerate(PROGRAMS)]
        return list(itertools.product(PROGRAMS, STEPS, MOMENTS))

    def _round(self, program: str, step: str, moment: float, webhooks: str) -> None:
        started = time.monotonic()
        self.shop.restart_ended()
        self._misbehave(webhooks)
        meeting = Rendezvous(self.options.per_round, step)
        customers = [self._customer(meeting) for _ in range(self.options.per_round)]
        clerk = Clerk()
        for customer in customers:
            customer.start()
        meeting.at(step)
        clerk.start()
        time.sleep(moment)
        self.shop.programs[program].kill()
        time.sleep(random.uniform(0, 1))
        self.shop.programs[program].start()
        for customer in customers:
            customer.join(400)
        clerk.join(400)
        seconds = round(time.monotonic() - started)
        row = (program, step, moment, webhooks, *_counts(customers), clerk.done, seconds)
        self.rows.append(row)
        print(_LINE.format(*row), flush=True)

    def _misbehave(self, webhooks: str) -> None:
        if webhooks != "as always":
            self.shop.sandbox.hands.fault(
                webhooks, "*", place="webhook", times=self.options.per_round * 2, seconds=0.2
            )

    def _customer(self, meeting: Rendezvous) -> Customer:
        from django.conf import settings
        from django.http import HttpResponse

        from storefront.responses import write_basket_token
        from tests.factories import GiftCardFactory, basket

        forget_connection()
        answer = HttpResponse()
        cards = [GiftCardFactory()] if next(self.with_card) else []
        write_basket_token(answer, basket((self.variant, 2), cards=cards).pk)
        return Customer(
            shop=self.shop.web.url,
            sandbox=self.shop.sandbox.hands,
            cookie=(settings.BASKET_COOKIE_NAME, answer.cookies[settings.BASKET_COOKIE_NAME].value),
            habit=next(self.habits),
            at=meeting.at,
        )

    def _report(self) -> int:
        books = read_books(self.shop.sandbox.hands.ledger)
        print(_HEAD)
        for row in self.rows:
            print(_LINE.format(*row))
        checkouts = sum(row[4] for row in self.rows)
        print(
            f"\ncheckouts {checkouts}, orders {books.orders}: {books.paid} paid, {books.released} released"
        )
        print(
            f"captured {books.captured} - refunded {books.refunded} = {books.captured - books.refunded}"
        )
        print(
            f"live paid orders {books.live_paid} - given back on them {books.given_back} "
            f"= {books.live_paid - books.given_back}   ({books.refunds} refunds by staff)"
        )
        print(f"{books.on_cards} paid by gift card, {books.returns} returns")
        for line in books.wrong:
            print(f"WRONG: {line}")
        print("the books agree" if not books.wrong else "the books do NOT agree")
        return 1 if books.wrong else 0


_HEAD = "\nkilled    step    after  webhooks   checkouts  tries  gave up  refunds  seconds"
_LINE = "{:<9} {:<7} {:>5}  {:<10} {:>9}  {:>5}  {:>7}  {:>7}  {:>7}"


def _counts(customers: list[Customer]) -> tuple[int, int, int]:
    """Return how many customers there were, what they tried again, and who gave up."""
    gave_up = sum(bool(customer.given_up) for customer in customers)
    return len(customers), sum(customer.tries for customer in customers), gave_up


def forget_connection() -> None:
    """Connect afresh: the database may have been killed since."""
    from django.db import connection

    connection.close()


def let_time_pass(shop: Shop) -> None:
    """Do what beat does in the next hours: every sweep, with the pauses behind it."""
    forget_connection()
    shop.sandbox.hands.control("behave")
    wait_until(lambda: _delivered(shop), 60)
    shop.sandbox.hands.control("clock", seconds=3 * 3600)
    for _ in range(3):
        shop.restart_ended()
        _sweep()
        wait_until(_settled, 2)
    wait_until(_settled, 60)


def _delivered(shop: Shop) -> bool:
    return all(row["state"] == "done" for row in shop.sandbox.hands.read("deliveries"))


def _sweep() -> None:
    from django.utils import timezone

    from plugins.order_emails.models import UNSENT, OutgoingEmail
    from plugins.order_emails.outbox import publish_due_emails
    from plugins.ordering.ending import release_unpaid_orders
    from plugins.ordering.models import Refund
    from plugins.ordering.refunds import perform_waiting_refunds
    from plugins.stripe_payments import events
    from plugins.stripe_payments.models import StripeEvent

    now = timezone.now()
    StripeEvent.objects.filter(state="waiting").update(next_try_at=now)
    OutgoingEmail.objects.filter(state__in=UNSENT).update(next_try_at=now)
    Refund.objects.filter(state="asked").update(created_at=now - timedelta(hours=1))
    events.publish_waiting_events()
    events.reconcile(grace=timedelta(0))
    release_unpaid_orders(now=now + timedelta(hours=1))
    perform_waiting_refunds()
    publish_due_emails()


def _settled() -> bool:
    from plugins.order_emails.models import UNSENT, OutgoingEmail
    from plugins.ordering.models import Refund
    from plugins.stripe_payments.models import StripeEvent

    return not (
        Refund.objects.exclude(state="succeeded").exists()
        or StripeEvent.objects.filter(state="waiting").exists()
        or OutgoingEmail.objects.filter(state__in=UNSENT).exists()
    )


if __name__ == "__main__":
    sys.exit(main())

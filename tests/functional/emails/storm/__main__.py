"""`python -m tests.functional.emails.storm [--per-round N] [--short]`: count what arrives."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from local_services.processes import wait_until
from tests.functional.emails.storm.shop import Shop

# Trouble in which a message may be taken and the shop not learn of it. SMTP has no answer to
# that: it is sent again, under the same Message-ID.
WINDOW = {"worker killed", "slow, worker killed", "hangs up after taking"}
SHORT = ("broker gone", "mail server gone", "hangs up before taking", "worker killed")


def main() -> int:
    """Run all rounds, let time pass, print the table; 0 if each e-mail arrived."""
    parser = argparse.ArgumentParser(prog="mailstorm", description=__doc__)
    parser.add_argument("--per-round", type=int, default=12, help="orders, of three e-mails each")
    parser.add_argument("--only", default="", help="troubles whose name has these words")
    parser.add_argument("--short", action="store_true", help="a few kinds of trouble only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stillwater-mailstorm-") as folder:
        Path(folder).chmod(0o755)
        shop = Shop(Path(folder))
        os.environ.update(shop.environment())
        try:
            shop.start()
            return Storm(shop, options).run()
        finally:
            shop.stop()


class Storm:
    """Rounds of order events, each under another trouble."""

    def __init__(self, shop: Shop, options: argparse.Namespace) -> None:
        import django

        django.setup()
        from tests.factories import variant_in_stock

        self.shop, self.options = shop, options
        self.variant = variant_in_stock(10_000)
        self.rounds: dict[str, tuple[int, float]] = {}

    def run(self) -> int:
        """Run the rounds and return the exit code."""
        for trouble, begin in self._troubles().items():
            if self.options.only in trouble and (not self.options.short or trouble in SHORT):
                if trouble in WINDOW:  # else older e-mails would fall into its window
                    self._let_time_pass()
                self._round(trouble, begin)
        self._let_time_pass()
        return self._report()

    def _troubles(self) -> dict[str, Callable[[], object]]:
        mail = self.shop.mail
        return {
            "none": lambda: mail.behave("take"),
            "broker gone": self.shop.valkey.kill,
            "mail server gone": mail.kill,
            "451, later": lambda: mail.behave("later"),
            "550": lambda: mail.behave("never"),
            "hangs up before taking": lambda: mail.behave("drop before"),
            "worker killed": lambda: mail.behave("take"),
            "slow, worker killed": lambda: mail.behave("slow"),
            "hangs up after taking": lambda: mail.behave("drop after"),
        }

    def _round(self, trouble: str, begin: Callable[[], object]) -> None:
        """Let orders live; the trouble is there for the first half of them."""
        started, before = time.monotonic(), _newest()
        begin()
        # without a broker nothing is tried: it is only to be missed by beat, once or twice
        seen = 2 if trouble == "broker gone" else 5
        for number in range(self.options.per_round):
            if number == (self.options.per_round + 1) // 2:
                wait_until(lambda: _all_were_tried(before), seen)
                self._mend()
            live_an_order(self.variant)
            if "worker killed" in trouble and number % 3 == 0:
                self.shop.worker.kill()
                self.shop.worker.start()
        wait_until(lambda: _all_were_tried(before), 5)
        self._mend()
        self.rounds[trouble] = (_newest(), time.monotonic() - started)

    def _mend(self) -> None:
        self.shop.mail.behave("take")
        for program in (self.shop.valkey, self.shop.mail, self.shop.worker):
            if not program.answers() or program.process.poll() is not None:
                program.kill()
                program.start()

    def _let_time_pass(self) -> None:
        """Do what the next hours would: pauses and leases end, staff try given-up ones again."""
        from django.utils import timezone

        from plugins.order_emails.models import UNSENT, EmailState, OutgoingEmail
        from plugins.order_emails.outbox import retry

        self.shop.worker.end()  # a live worker's lease must not be over before its e-mail is
        for email in OutgoingEmail.objects.filter(state=EmailState.DEAD):
            retry(email_id=email.pk)
        OutgoingEmail.objects.filter(state__in=UNSENT).update(next_try_at=timezone.now())
        self.shop.worker.start()
        wait_until(_all_are_sent, 120)

    def _report(self) -> int:
        from plugins.order_emails.models import OutgoingEmail

        taken = Counter(self.shop.mail.taken())
        rows = list(OutgoingEmail.objects.order_by("pk"))
        wrong = [f"nobody asked for {key}" for key in taken.keys() - {r.message_id for r in rows}]
        print(_LINE.format("trouble", "e-mails", "arrived", "lost", "in the window", "seconds"))
        begin = 0
        for trouble, (end, seconds) in self.rounds.items():
            ids = [row.message_id for row in rows if begin < row.pk <= end]
            wrong += _wrong(trouble, ids, taken, self.options.per_round * len(KINDS))
            print(_LINE.format(trouble, *_figures(ids, taken), round(seconds)))
            begin = end
        everything = [row.message_id for row in rows]
        print(_LINE.format("together", *_figures(everything, taken), ""))
        print("\n".join(f"WRONG: {line}" for line in wrong) or "each e-mail arrived")
        return 1 if wrong else 0


KINDS = ("order_confirmed", "sent", "delivered")
_LINE = "{:<24} {:>8} {:>8} {:>5} {:>14} {:>8}"


def _figures(ids: list[str], taken: Counter[str]) -> tuple[int, int, int, int]:
    """Return e-mails, how many arrived, how many did not, how many were taken once more."""
    arrived = [key for key in ids if taken[key]]
    again = sum(taken[key] - 1 for key in arrived)
    return len(ids), len(arrived), len(ids) - len(arrived), again


def _wrong(trouble: str, ids: list[str], taken: Counter[str], expected: int) -> Iterator[str]:
    emails, _arrived, lost, again = _figures(ids, taken)
    if emails != expected:
        yield f"{trouble}: {emails} e-mails for {expected} events"
    if lost:
        yield f"{trouble}: {lost} e-mails were lost"
    if again and trouble not in WINDOW:
        yield f"{trouble}: {again} e-mails were sent twice"


def live_an_order(variant) -> None:
    """Let an order be paid, sent and delivered: three events, each in its transaction."""
    from plugins.order_emails.outbox import queue_email
    from tests.functional.emails.orders import paid, send

    order = paid(variant=variant)
    send(order, 2)
    queue_email(order_id=order.pk, kind="delivered", dedup_key="1")


def _newest() -> int:
    from plugins.order_emails.models import OutgoingEmail

    return OutgoingEmail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _all_were_tried(before: int) -> bool:
    """Say whether every e-mail after this one was sent or tried."""
    from plugins.order_emails.models import EmailState, OutgoingEmail

    untried = (EmailState.WAITING, EmailState.SENDING)
    return not OutgoingEmail.objects.filter(state__in=untried, pk__gt=before).exists()


def _all_are_sent() -> bool:
    from plugins.order_emails.models import EmailState, OutgoingEmail

    return not OutgoingEmail.objects.exclude(state=EmailState.SENT).exists()


if __name__ == "__main__":
    sys.exit(main())

"""What `make run` says while it works, and how it gives up."""

from __future__ import annotations

import sys


class CannotRunError(Exception):
    """The shop cannot be started; the message says why and how to mend it, in one line."""


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


class Progress:
    """Counts up on one line of a terminal; elsewhere it prints a line at each tenth."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._tenth = -1

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are over."""
        if sys.stdout.isatty():
            end = "\n" if done == total else ""
            print(f"\r{self._title}: {done} of {total}", end=end, flush=True)
        elif done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            say(f"{self._title}: {done} of {total}")


def welcome(*, shop: str, inbox: str, stripe_sandbox: str, email: str, password: str) -> str:
    """Return the lines that tell where everything is; an empty address is not ours."""
    lines = [
        "",
        f"  Shop          {shop}/",
        f"  Staff         {shop}/staff/",
        f"                log in as {email} with the password {password}",
        "                then set up your second factor; `make code` prints a code without a phone",
    ]
    if inbox:
        lines.append(f"  E-mail inbox  {inbox}/")
    if stripe_sandbox:
        lines.append(
            f"  Test payments {stripe_sandbox}/_sandbox/   (pay with card 4242 4242 4242 4242)"
        )
    return "\n".join([*lines, "", "  Ctrl-C ends it; the data stays. `make reset` deletes it.", ""])

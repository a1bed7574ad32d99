"""What a policy returns, and what a service raises when the answer is no."""

from __future__ import annotations

from typing import NamedTuple


class Decision(NamedTuple):
    """Whether something is so or may be done, and why: the reason is a sentence or a code.

    A decision that allows something mostly has no reason.
    """

    allowed: bool
    reason: str = ""


ALLOWED = Decision(allowed=True)


def refused(reason: str) -> Decision:
    """Return the decision that does not allow something, for this reason."""
    return Decision(allowed=False, reason=reason)


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """Base of what services raise for staff: nothing was changed, and `str()` says why."""

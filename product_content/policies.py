"""Rules of guides. Pure: each returns whether something is so and, where it matters, why."""

from __future__ import annotations

from datetime import date, timedelta

from product_content.decisions import Decision

# Two years, a figure of our own: British health charities review each page within three
# (members of the Information Standard say so on theirs), and this field still changes.
REVIEW_EVERY = timedelta(days=730)


def is_review_due(*, reviewed_on: date | None, today: date) -> Decision:
    """Say whether a clinician should look at a guide (again)."""
    if reviewed_on is None:
        return Decision(True, "No clinician has reviewed it yet.")
    if today - reviewed_on >= REVIEW_EVERY:
        return Decision(
            True, f"The last review, on {reviewed_on:%-d %B %Y}, is two years old or older."
        )
    return Decision(allowed=False)


def may_publish_guide(*, cited: set[str], sources: set[str]) -> Decision:
    """Say whether customers may read a guide, of which the text cites the ids `cited`.

    Every statement on health names its source: a guide without sources, or with a citation that
    leads nowhere, is not shown.
    """
    wants = [
        f"the text cites [^{name}], which is not among its sources" for name in cited - sources
    ]
    wants += [f"its source “{name}” is cited nowhere in the text" for name in sources - cited]
    if not sources:
        wants.append("it names no source")
    return Decision(not wants, "; ".join(sorted(wants)))

"""The guides of a product, in the order in which a buyer needs them."""

from __future__ import annotations

from django.db.models import QuerySet

from product_content.languages import localized, spoken
from product_content.models import GuideProduct, GuideStage
from product_content.types import GuideLink

STAGE_ORDER = {stage: position for position, stage in enumerate(GuideStage.values)}


def guide_url(slug: str) -> str:
    """Return the address of a guide in the language of now (DESIGN.md, section 8)."""
    return localized(f"/guides/{slug}/")


def guide_links(links: QuerySet[GuideProduct]) -> tuple[GuideLink, ...]:
    """Return the published guides behind `links`; one query."""
    rows = (
        links.filter(guide__is_published=True)
        .order_by("guide__sort_order", "guide__title")
        .values_list(
            "guide__slug", "guide__title", "guide__summary", "guide__reading_minutes",
            "stage", "reason",
        )
    )  # fmt: skip
    return tuple(sorted((_link(*row) for row in rows), key=lambda link: STAGE_ORDER[link.stage]))


def _link(slug: str, title: str, summary: str, minutes: int, stage: str, reason: str) -> GuideLink:
    return GuideLink(
        slug=slug,
        title=spoken(title),
        summary=spoken(summary),
        url=guide_url(slug),
        stage=stage,
        stage_label=str(GuideStage(stage).label),
        reason=spoken(reason),
        minutes=minutes,
    )

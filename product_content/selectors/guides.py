"""The guides of a product, the list of guides, a guide's page, and how we know what they say."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from product_content.languages import languages_of, localized, translated_text, written_day
from product_content.models import (
    Audience,
    Claim,
    Guide,
    GuideProduct,
    GuideStage,
    GuideTopic,
    Strength,
    footnotes,
)
from product_content.models import Source as SourceRow
from product_content.rendering import render_guide, show_diagrams
from product_content.selectors.lists import Prices, lowest_price, product_url
from product_content.selectors.variants import Row, by_product, fetch_rows, prices_of
from product_content.types import (
    ClaimFacts,
    GuideCard,
    GuideLink,
    GuidePage,
    GuideProductLink,
    Heading,
    Source,
    SourceFacts,
)

STAGE_ORDER = {stage: position for position, stage in enumerate(GuideStage.values)}


def guide_url(slug: str) -> str:
    """Return the address of a guide in the active language."""
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
        title=translated_text(title),
        summary=translated_text(summary),
        url=guide_url(slug),
        stage=stage,
        stage_label=str(GuideStage(stage).label),
        reason=translated_text(reason),
        minutes=minutes,
    )


NOT_REVIEWED = _("Not yet reviewed by a clinician.")
_CARD_FIELDS = (
    "slug",
    "title",
    "summary",
    "topic",
    "audience",
    "reading_minutes",
    "updated_on",
)


def list_guides() -> list[GuideCard]:
    """Return the published guides in their reading order; one query."""
    return _cards(Guide.objects.order_by("sort_order", "title"))


def languages_by_guide() -> dict[str, tuple[str, ...]]:
    """Return, by its slug, in which languages each published guide can be read; one query."""
    texts = Guide.objects.filter(is_published=True).values_list("slug", "body_markdown")
    return {slug: languages_of(body) for slug, body in texts}


def get_guide(slug: str) -> GuidePage | None:
    """Return the page of a published guide, or None; four queries."""
    guide = Guide.objects.filter(slug=slug, is_published=True).first()
    if guide is None:
        return None
    related = Guide.objects.filter(related_from__guide=guide).order_by("related_from__sort_order")
    return _page(guide, _products(guide.pk), _cards(related))


def moved_guide(slug: str) -> str | None:
    """Return the address of the published guide that once had this slug, or None; one query."""
    former = Guide.objects.filter(former_slugs__slug=slug, is_published=True)
    now = former.values_list("slug", flat=True).first()
    return guide_url(now) if now else None


def preview_guide(guide: Guide) -> GuidePage:
    """Return the page of a guide as it stands in memory, without what it is tied to; no query."""
    guide.render()
    return _page(guide, (), [])


def _cards(guides: QuerySet[Guide]) -> list[GuideCard]:
    rows = guides.filter(is_published=True).values_list(*_CARD_FIELDS)
    return [_card(*row) for row in rows]


def _card(
    slug: str, title: str, summary: str, topic: str, audience: str, minutes: int, updated: date
) -> GuideCard:
    return GuideCard(
        slug=slug,
        title=translated_text(title),
        summary=translated_text(summary),
        url=guide_url(slug),
        topic=topic,
        topic_label=_topic_label(topic),
        audience=translated_text(audience),
        minutes=minutes,
        updated_on=updated,
    )


def _topic_label(topic: str) -> str:
    """Return the topic in words, "" for a guide that has none yet and is only previewed."""
    return str(dict(GuideTopic.choices).get(topic, ""))


def _products(guide_id: int) -> tuple[GuideProductLink, ...]:
    """Return what the guide speaks of, by stage and then in the guide's own order."""
    links = GuideProduct.objects.filter(guide=guide_id, on_guide=True).order_by("sort_order", "pk")
    why = {pk: rest for pk, *rest in links.values_list("product_id", "stage", "reason")}
    rows = fetch_rows(only="p.id = ANY(%(ids)s)", params={"ids": list(why)})
    groups, prices = by_product(rows), prices_of(rows)
    found = [_product_link(groups[pk], prices, *why[pk]) for pk in why if pk in groups]
    return tuple(sorted(found, key=lambda link: STAGE_ORDER[link.stage]))


def _product_link(rows: list[Row], prices: Prices, stage: str, reason: str) -> GuideProductLink:
    row = rows[0]
    return GuideProductLink(
        slug=row.product_slug,
        kind=row.kind,
        name=row.product_name,
        summary=row.summary,
        url=product_url(row.kind, row.product_slug),
        price=lowest_price(rows, prices),
        stage=stage,
        stage_label=str(GuideStage(stage).label),
        reason=translated_text(reason),
    )


def _page(
    guide: Guide, products: tuple[GuideProductLink, ...], related: list[GuideCard]
) -> GuidePage:
    return GuidePage(
        id=guide.pk,
        slug=guide.slug,
        title=translated_text(guide.title),
        summary=translated_text(guide.summary),
        url=guide_url(guide.slug),
        topic=guide.topic,
        topic_label=_topic_label(guide.topic),
        audience=translated_text(guide.audience),
        **_text(guide),
        languages=languages_of(guide.body_markdown),
        when_to_stop=tuple(map(translated_text, guide.when_to_stop.splitlines())),
        sources=_sources(guide),
        author=guide.author,
        reviewer=guide.reviewer,
        reviewed_on=guide.reviewed_on,
        review_line=_review_line(guide),
        updated_on=guide.updated_on,
        products=products,
        related=tuple(related),
    )


def _text(guide: Guide) -> dict[str, Any]:
    """Return what depends on the language of the text: translated, or else as it was saved."""
    body = translated_text(guide.body_markdown)
    if body == guide.body_markdown:
        return {
            "minutes": guide.reading_minutes,
            "html": show_diagrams(guide.body_html),
            "sources_html": guide.sources_html,
            "contents": tuple(Heading(**entry) for entry in guide.contents),
            "language": settings.LANGUAGE_CODE,
        }
    rendered = render_guide(body, footnotes(guide.citations))
    return {
        "minutes": rendered.reading_minutes,
        "html": show_diagrams(rendered.html),
        "sources_html": rendered.sources_html,
        "contents": tuple(
            Heading(entry.anchor, entry.text, entry.level) for entry in rendered.contents
        ),
        "language": get_language(),
    }


def _sources(guide: Guide) -> tuple[Source, ...]:
    """Return whose word the guide relies on, each once."""
    every = [source for claim in guide.citations for source in claim["sources"]]
    return tuple(dict.fromkeys(Source(s["organisation"], s["title"], s["url"]) for s in every))


def list_claims() -> list[ClaimFacts]:
    """Return every claim that texts may make, by its id; two queries."""
    return [
        ClaimFacts(
            id=claim.slug,
            says=translated_text(claim.says),
            sources=tuple(_source(row) for row in claim.sources.all()),
            audiences=_audience_names(claim.audiences),
            limits=translated_text(claim.limits),
            review_by=claim.review_by,
        )
        for claim in Claim.objects.prefetch_related("sources")
    ]


def list_sources() -> list[SourceFacts]:
    """Return every source with what it says and for whom; one query."""
    return [
        SourceFacts(
            source=_source(row),
            year=row.year,
            edition=row.edition,
            no_link=translated_text(row.no_link),
            accessed_on=row.accessed_on,
            not_accessed=translated_text(row.not_accessed),
            audiences=_audience_names(row.audiences),
            says=translated_text(row.says),
            strength=str(Strength(row.strength).label),
        )
        for row in SourceRow.objects.all()
    ]


def _source(row: SourceRow) -> Source:
    return Source(row.organisation, row.title, row.url)


def _audience_names(names: list[str]) -> tuple[str, ...]:
    return tuple(str(Audience(name).label) for name in names)


def _review_line(guide: Guide) -> str:
    if not guide.reviewer or guide.reviewed_on is None:
        return str(NOT_REVIEWED)
    return gettext("Reviewed by %(name)s on %(day)s.") % {
        "name": guide.reviewer,
        "day": written_day(guide.reviewed_on),
    }

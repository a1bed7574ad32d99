"""Guides, what they claim on whose word, and how they are tied to products and to one another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from saleor.product.models import Product

from product_content.languages import translated_text
from product_content.rendering import citation, cited_ids, escape, render_guide


class GuideTopic(models.TextChoices):
    """Where a guide stands on the list of guides."""

    UNDERSTANDING = "understanding", _("Understanding")
    SITUATION = "situation", _("Your situation")
    CHOOSING = "choosing", _("Choosing")
    USING = "using", _("Using")
    CARING = "caring", _("Caring")
    SUPPORT = "support", _("Finding support")


class GuideStage(models.TextChoices):
    """When somebody who thinks about a product needs the guide; in this order."""

    BEFORE = "before", _("Before you buy")
    FIRST_USE = "first_use", _("First use")
    MOVING_UP = "moving_up", _("Moving up")
    CARE = "care", _("Care and keeping")


class Audience(models.TextChoices):
    """Whom a source speaks of, a claim holds for, or a guide is written for."""

    EVERYONE = "everyone", _("everyone")
    TENSION = "tension", _("people with tense pelvic-floor muscles")
    VAGINISMUS = "vaginismus", _("people with vaginismus or fear of penetration")
    VULVAL_PAIN = "vulval-pain", _("people with vulval pain")
    MENOPAUSE = "menopause", _("people in or after menopause")
    BIRTH = "birth", _("people after giving birth")
    RADIOTHERAPY = "radiotherapy", _("people after pelvic radiotherapy")
    SURGERY = "surgery", _("people after pelvic surgery")
    AGENESIS = "agenesis", _("people born without a fully formed vagina")
    VAGINOPLASTY = "vaginoplasty", _("people after vaginoplasty")
    SKIN = "skin", _("people with lichen sclerosus or another skin condition")
    PRESCRIBED = "prescribed", _("men and others for whom a device was prescribed")
    IMPLANTS = "implants", _("people with an implant, and those close to them")
    PAIN = "pain", _("people in trials on pain of other kinds")
    CONDOMS = "condoms", _("people who use lubricant with condoms")


def audiences_field(verbose_name: str) -> ArrayField[Any, Any]:
    """Return a field for one or more audiences."""
    return ArrayField(
        models.CharField(max_length=20, choices=Audience.choices),
        verbose_name=verbose_name,
        default=list,
    )


class Strength(models.TextChoices):
    """What kind of evidence a source is, the strongest first."""

    REVIEW = "review", _("systematic review of trials")
    TRIAL = "trial", _("randomised trial")
    GUIDELINE = "guideline", _("guideline of a professional body")
    OBSERVATION = "observation", _("study without a control group")
    INTERVIEWS = "interviews", _("interviews")
    AUTHORITY = "authority", _("public authority")
    LEAFLET = "leaflet", _("leaflet of a hospital or health service")
    LABORATORY = "laboratory", _("measurements")


class Source(models.Model):
    """A text that claims rest on. `says` is in our own words; a missing link has a reason."""

    slug = models.SlugField("id", unique=True, max_length=80)
    organisation = models.CharField("organisation or authors", max_length=200)
    title = models.CharField(max_length=300)
    year = models.CharField(max_length=40, blank=True)
    edition = models.CharField(max_length=120, blank=True)
    url = models.URLField("link", max_length=300, blank=True)
    no_link = models.CharField("why there is no link", max_length=200, blank=True)
    accessed_on = models.DateField("opened on", null=True, blank=True)
    not_accessed = models.CharField(
        "why there is no day", max_length=200, blank=True, help_text="Never a day that is guessed."
    )
    audiences = audiences_field("whom it speaks of")
    says = models.TextField("what it says, in our own words")
    strength = models.CharField(max_length=12, choices=Strength.choices)

    class Meta:
        ordering = ("organisation", "title")
        constraints = [
            models.CheckConstraint(
                name="source_has_link_or_reason",
                condition=Q(url__regex=r"\S") | Q(no_link__regex=r"\S"),
                violation_error_message="Give the link, or say why there is none.",
            ),
            models.CheckConstraint(
                name="source_has_day_or_reason",
                condition=Q(accessed_on__isnull=False) | Q(not_accessed__regex=r"\S"),
                violation_error_message="Give the day it was opened, or say why there is none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.title}"


class Claim(models.Model):
    """One statement that texts make: what it says, on whose word, for whom, and its limits.

    Texts cite it as [^slug]. One without sources is our own advice on use, not medicine.
    """

    slug = models.SlugField("id", unique=True, max_length=80)
    says = models.TextField()
    sources = models.ManyToManyField(Source, blank=True, related_name="claims")
    audiences = audiences_field("whom it holds for")
    limits = models.CharField(max_length=300)
    review_by = models.DateField("look at it again by")

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug

    def as_citation(self) -> dict[str, Any]:
        """Return what a footnote prints of the claim, as JSON can store it."""
        return {
            "id": self.slug,
            "audiences": self.audiences,
            "limits": self.limits,
            "sources": [
                {"organisation": s.organisation, "title": s.title, "year": s.year, "url": s.url}
                for s in self.sources.all()
            ],
        }


def claim_audiences() -> dict[str, list[str]]:
    """Return for whom each claim holds, by its id; one query."""
    return dict(Claim.objects.values_list("slug", "audiences"))


OWN_ADVICE = _("Our own advice on use, not medicine.")


def footnotes(citations: list[dict[str, Any]]) -> dict[str, str]:
    """Return the footnote of each claim in Markdown: its sources, for whom, and its limits."""
    return {claim["id"]: _footnote(claim) for claim in citations}


def _footnote(claim: dict[str, Any]) -> str:
    sources = "; ".join(map(citation, claim["sources"]))
    names = dict(Audience.choices)
    whom = escape(", ".join(str(names.get(name, name)) for name in claim["audiences"]))
    limits = escape(translated_text(claim["limits"]))
    for_whom = gettext("For:")
    return f"{sources or OWN_ADVICE} {for_whom} {whom}. {limits}"


class Guide(models.Model):
    """An article. Its Markdown is rendered once, when it is saved.

    The body cites claims as footnotes by their ids; `citations` is what those said at that time.
    """

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    topic = models.CharField(max_length=20, choices=GuideTopic.choices)
    audience = models.CharField("who it is for", max_length=300)
    readers = audiences_field("whom it is written for")
    when_to_stop = models.TextField("when to stop and see someone", help_text="One thing a line.")
    body_markdown = models.TextField("text (Markdown)")
    citations = models.JSONField(default=list, editable=False)
    author = models.CharField(max_length=120)
    reviewer = models.CharField(
        max_length=200,
        blank=True,
        help_text="A real clinician's name and profession. Leave empty until one has reviewed it.",
    )
    reviewed_on = models.DateField(null=True, blank=True)
    updated_on = models.DateField(default=date.today)
    is_published = models.BooleanField(default=True)
    sort_order = models.PositiveSmallIntegerField(default=0)
    body_html = models.TextField(editable=False)
    sources_html = models.TextField(editable=False)
    contents = models.JSONField("table of contents", default=list, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        ordering = ("sort_order", "title")
        constraints = [
            models.CheckConstraint(
                name="guide_review_has_name_and_date",
                condition=(Q(reviewer="") & Q(reviewed_on__isnull=True))
                | (Q(reviewer__regex=r"\S") & Q(reviewed_on__isnull=False)),
                violation_error_message="Give both the reviewer and the date, or neither.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    RENDERED = ("citations", "body_html", "sources_html", "contents", "reading_minutes")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Render, then save; what is rendered is written along with any fields that are named."""
        self.render()
        if (named := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*named, *self.RENDERED}
        super().save(*args, **kwargs)

    @property
    def cited_ids(self) -> set[str]:
        """The ids of the claims that the text cites."""
        return cited_ids(self.body_markdown)

    def render(self) -> None:
        """Work out what the page shows of the text, its contents and the claims it cites."""
        cited = Claim.objects.filter(slug__in=self.cited_ids)
        self.citations = [claim.as_citation() for claim in cited.prefetch_related("sources")]
        rendered = render_guide(self.body_markdown, footnotes(self.citations))
        self.body_html = rendered.html
        self.sources_html = rendered.sources_html
        self.contents = [entry.as_dict() for entry in rendered.contents]
        self.reading_minutes = rendered.reading_minutes


def render_guides(claims: Collection[str] | None = None) -> None:
    """Render the guides that cite one of `claims` anew, or all of them; other fields stay."""
    for guide in Guide.objects.all():
        if claims is None or guide.cited_ids & set(claims):
            guide.save(update_fields=Guide.RENDERED)


class GuideProduct(models.Model):
    """A guide is of use with a product: at which stage, and why.

    The product's page always shows the guide; the guide shows the product only if `on_guide`, so
    that a guide for all sets does not become a list of everything that is sold.
    """

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="product_links")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="guide_links")
    stage = models.CharField(max_length=12, choices=GuideStage.choices)
    reason = models.CharField(max_length=300)
    on_guide = models.BooleanField("shown on the guide", default=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort_order",)
        constraints = [
            models.UniqueConstraint(fields=["guide", "product"], name="product_once_per_guide"),
            models.CheckConstraint(
                name="guide_product_stage_and_reason",
                condition=Q(stage__in=GuideStage.values) & Q(reason__regex=r"\S"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guide} → {self.product}"


class GuideRelation(models.Model):
    """A guide worth reading next."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="relations")
    related = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="related_from")
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort_order",)
        constraints = [
            models.UniqueConstraint(fields=["guide", "related"], name="related_guide_once"),
            models.CheckConstraint(
                name="guide_not_related_to_itself", condition=~Q(guide=F("related"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guide} → {self.related}"

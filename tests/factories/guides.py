"""Guides, and the claims that they cite."""

from datetime import date
from typing import Any

import factory

from product_content.models import Claim, Guide, Source


class SourceFactory(factory.django.DjangoModelFactory):
    """A leaflet on vaginismus."""

    class Meta:
        model = Source
        django_get_or_create = ("slug",)

    slug = "nhs"
    organisation = "NHS"
    title = "Leaflet"
    url = "https://www.nhs.uk/"
    not_accessed = "The day was not recorded."
    audiences = ["vaginismus"]
    says = "It can be treated."
    strength = "leaflet"


class ClaimFactory(factory.django.DjangoModelFactory):
    """What the leaflet says; cited as [^nhs]."""

    class Meta:
        model = Claim
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    slug = "nhs"
    says = "It can be treated."
    audiences = ["vaginismus"]
    limits = "One leaflet."
    review_by = date(2028, 1, 31)

    @factory.post_generation
    def sources(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Rest on the leaflet, or on what was given."""
        self.sources.set([SourceFactory()] if extracted is None else extracted)


class GuideFactory(factory.django.DjangoModelFactory):
    """A published guide with one claim, which nobody has reviewed."""

    class Meta:
        model = Guide

    title = factory.Sequence(lambda number: f"Going slowly {number}")
    slug = factory.Sequence(lambda number: f"going-slowly-{number}")
    summary = "How to take your time."
    topic = "using"
    audience = "Anyone who begins."
    readers = ["vaginismus"]
    when_to_stop = "Sharp pain"
    body_markdown = "## Begin\n\nTake your time.[^nhs]"
    author = "Stillwater"

    @classmethod
    def _create(cls, model_class: type[Guide], *args: Any, **kwargs: Any) -> Guide:
        ClaimFactory()
        return super()._create(model_class, *args, **kwargs)

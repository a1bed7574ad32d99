"""Guides."""

import factory

from product_content.models import Guide


class GuideFactory(factory.django.DjangoModelFactory):
    """A published guide with one source, which nobody has reviewed."""

    class Meta:
        model = Guide

    title = factory.Sequence(lambda number: f"Going slowly {number}")
    slug = factory.Sequence(lambda number: f"going-slowly-{number}")
    summary = "How to take your time."
    topic = "using"
    audience = "Anyone who begins."
    when_to_stop = "Sharp pain"
    body_markdown = "## Begin\n\nTake your time.[^nhs]"
    sources = [{"id": "nhs", "organisation": "NHS", "title": "Leaflet", "url": ""}]
    author = "Stillwater"

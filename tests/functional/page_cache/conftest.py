"""What a test sees of pages being made, and the clock by which they grow old."""

import pytest
from django.test.signals import template_rendered

from storefront import kept_pages


@pytest.fixture
def rendered():
    """The names of the templates of whole pages that are rendered, in any thread."""
    names = []

    def note(template, **_):
        if template.name in {"storefront/base.html", "storefront/sitemap.xml"}:
            names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def clock(monkeypatch, settings):
    """The clock by which pages grow old, as `clock[0]` in seconds; a live shop's pause."""
    settings.PAGE_CHECK_SECONDS = 0.25
    now = [1000.0]
    monkeypatch.setattr(kept_pages, "monotonic", lambda: now[0])
    return now

"""The way from one language to another."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from product_content.languages import in_english, localized

register = template.Library()


@register.simple_tag(takes_context=True)
def other_languages(context: dict[str, Any]) -> SafeString:
    """Return a plain link to this page in each other language: no cookie, no script."""
    path = _page(context["request"])
    return format_html_join(
        " ",
        '<a href="{}" hreflang="{}" lang="{}">{}</a>',
        (
            (localized(path, code), code, code, name)
            for code, name in settings.LANGUAGES
            if code != get_language()
        ),
    )


def _page(request: HttpRequest) -> str:
    """Return the page's English address, or home's where there is nothing to open by a link."""
    if request.method not in {"GET", "HEAD"} or request.resolver_match is None:
        return "/"
    return in_english(request.path)

"""Views of the storefront."""

from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def privacy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")

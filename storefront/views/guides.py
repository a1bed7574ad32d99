"""Views of the storefront."""

from django.http import HttpRequest, HttpResponse


def guides(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def guide(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")

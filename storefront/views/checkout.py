"""Views of the storefront."""

from django.http import HttpRequest, HttpResponse


def address(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def delivery(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def review(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def place(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")

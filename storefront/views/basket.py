"""Views of the storefront."""

from django.http import HttpRequest, HttpResponse


def basket(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def count(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def code(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def line(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")

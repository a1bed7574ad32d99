"""Views of the storefront."""

from django.http import HttpRequest, HttpResponse


def sets(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def set_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def singles(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def single_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def care(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")


def care_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Stand in until the page is written."""
    return HttpResponse("soon")

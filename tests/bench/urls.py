"""The shop's addresses and a constant 20 KB page: the most that this stack can serve here."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from saleor_config.urls import urlpatterns as shop_urlpatterns

CONSTANT = b"x" * 20_480


def constant(request: HttpRequest) -> HttpResponse:
    """Answer 20 KB through the whole middleware chain."""
    return HttpResponse(CONSTANT)


urlpatterns = [path("bench/constant", constant), *shop_urlpatterns]

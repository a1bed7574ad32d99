"""The shop's addresses and a constant 20 KB page: the most that this stack can serve here.

`readyz` is for the server without middleware, which elsewhere answers it.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from saleor_config.urls import urlpatterns as shop_urlpatterns
from saleor_config.views import readyz

CONSTANT = b"x" * 20_480


def constant(request: HttpRequest) -> HttpResponse:
    """Answer 20 KB."""
    return HttpResponse(CONSTANT)


urlpatterns = [path("bench/constant", constant), path("readyz", readyz), *shop_urlpatterns]

"""The local payment page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views import View


class PayView(View):
    """Pay, decline or cancel."""

    def get(self, request: HttpRequest, signed: str) -> HttpResponse:
        """Show the page."""
        raise Http404

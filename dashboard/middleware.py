"""Pass the person who makes a change on the staff pages to the stock ledger."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from plugins.inventory.ledger import staff_request

_STAFF_PAGES = "/staff/"


def stock_actor_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Tell the stock ledger who changes something; the database then asks for a reason."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        actor_id = _actor_id(request)
        if actor_id is None:
            return get_response(request)
        with staff_request(actor_id=actor_id):
            return get_response(request)

    return middleware


def _actor_id(request: HttpRequest) -> int | None:
    if request.method != "POST" or not request.path.startswith(_STAFF_PAGES):
        return None
    return request.user.pk

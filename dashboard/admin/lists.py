"""What the address of a staff list may ask: the filters that the list declares."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.http import HttpRequest
from unfold.views import ChangeList


class DeclaredChangeList(ChangeList):
    """Refuses every lookup that no filter of the list takes.

    Django lets the address ask for each field of the row, so that a hash or the code of a gift
    card can be spelled out letter by letter (`?password__startswith=`), whatever the page shows.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters; raises DisallowedModelAdminLookup, which is answered with 400."""
        found = super().get_filters(request)
        _specs, _has_filters, left_over, *_rest = found
        if left_over:
            raise DisallowedModelAdminLookup("This list has no such filter.")
        return found

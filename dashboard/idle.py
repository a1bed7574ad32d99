"""A staff session ends when nobody has used it for a while: a tablet stays on the bench."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest

_SEEN = "staff_seen"
_WRITE_AFTER = 60  # seconds: not every page needs to write the session


def end_if_idle(request: HttpRequest) -> None:
    """Log out whoever did nothing for STAFF_IDLE_MINUTES; else note that they are here."""
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    seen = int(request.session.get(_SEEN, now))
    if now - seen > settings.STAFF_IDLE_MINUTES * 60:
        logout(request)
        messages.info(request, "You were away for a while, so we logged you out.")
    elif _SEEN not in request.session or now - seen > _WRITE_AFTER:
        request.session[_SEEN] = now

"""How a customer's session is kept apart from a staff member's (docs/adr/0008)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

CUSTOMER_BACKEND = "storefront.backends.CustomerBackend"


class CustomerBackend(ModelBackend):
    """Reads the sessions that were opened at /account/.

    It checks no password: `ModelBackend` does, once, so that an unknown address and a wrong
    password cost the same time. A session it keeps ends when its owner is switched off, or
    becomes staff: staff log in at /staff/.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: object,
    ) -> None:
        """Leave the password to the backend before this one."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether the user may have a customer's session."""
        return user is not None and super().user_can_authenticate(user) and not user.is_staff

"""How log-ins are limited, and a customer's session kept apart from staff's (docs/adr/0008)."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address, get_client_username, get_failure_limit
from axes.models import AccessAttempt
from django.contrib.auth.backends import ModelBackend
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

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


# Failed log-ins of one account in an hour, from all internet addresses together. There is a limit
# for each address beside it (AXES_FAILURE_LIMIT), which whoever has many addresses does not meet.
MAX_ACCOUNT_FAILURES = 20
_UNLOCKED = "unlocked_log_in"


class LogInLimits(AxesDatabaseHandler):
    """Counts failed log-ins in the database: no cache that is down opens or closes a door.

    What was typed as the account's name counts, whether there is such an account. An account that
    is locked everywhere still opens in a browser whose user proved by a link in an e-mail to be
    its owner, so nobody can lock anybody out.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the wrong tries from this address; as many as lock it for a closed account."""
        own = super().get_failures(request, credentials)
        name = get_client_username(request, credentials) or ""
        if _is_unlocked(request, name) or _failures_of(name, request) < MAX_ACCOUNT_FAILURES:
            return own
        return max(own, get_failure_limit(request, credentials))


def unlock_log_in(request: HttpRequest, name: str) -> None:
    """Let this browser try the account called `name` again; the person proved to be its owner."""
    AxesProxyHandler.reset_attempts(ip_address=get_client_ip_address(request), username=name)
    request.session[_UNLOCKED] = _mark(name)


def _failures_of(name: str, request: HttpRequest) -> int:
    recent = AccessAttempt.objects.filter(
        username=name, attempt_time__gte=get_cool_off_threshold(request)
    )
    return recent.aggregate(failures=Sum("failures_since_start", default=0))["failures"]


def _is_unlocked(request: HttpRequest, name: str) -> bool:
    session = getattr(request, "session", {})
    return constant_time_compare(session.get(_UNLOCKED, ""), _mark(name))


def _mark(name: str) -> str:
    return salted_hmac("storefront.unlocked", name).hexdigest()

"""The secrets in account links: one class for each purpose.

Each is bound to the account's id, password, e-mail address and last log-in, so it works once,
and for nothing but its own purpose. It lasts for settings.PASSWORD_RESET_TIMEOUT seconds.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

# In the account's private metadata until it is confirmed: its address, and when it was asked for.
PENDING_EMAIL = "new_email"


class ConfirmTokens(PasswordResetTokenGenerator):
    """For a new account: proves its address and lets its owner choose the first password."""

    key_salt = "storefront.account.confirm"


class ResetTokens(PasswordResetTokenGenerator):
    """For a forgotten password."""

    key_salt = "storefront.account.reset"


class UnlockTokens(PasswordResetTokenGenerator):
    """For a log-in that is locked because somebody tried passwords."""

    key_salt = "storefront.account.unlock"


class NewEmailTokens(PasswordResetTokenGenerator):
    """For another e-mail address: bound to the old and the new one."""

    key_salt = "storefront.account.email"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        pending = (user.private_metadata or {}).get(PENDING_EMAIL, {}).get("address", "")
        return f"{super()._make_hash_value(user, timestamp)}{pending}"


confirm_tokens, reset_tokens, new_email_tokens = ConfirmTokens(), ResetTokens(), NewEmailTokens()
unlock_tokens = UnlockTokens()

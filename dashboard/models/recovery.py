"""Codes for the day when somebody's phone is lost. Kept as hashes, each good for one log-in."""

from __future__ import annotations

import secrets
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac
from django_otp.models import Device, ThrottlingMixin
from saleor.account.models import User

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_LENGTH, _GROUP, _COUNT = 12, 4, 10  # 31 to the power of 12: guessing is hopeless without a salt


class RecoveryCodes(ThrottlingMixin, Device):
    """The codes of one person that are still unused."""

    digests = ArrayField(models.CharField(max_length=64), default=list)

    class Meta(Device.Meta):
        abstract = False
        default_permissions = ()  # nobody looks at them

    @classmethod
    def renew(cls, user: User) -> tuple[Self, list[str]]:
        """Put new codes in the place of the person's old ones; return them this one time."""
        codes = [_new_code() for _ in range(_COUNT)]
        row, _ = cls.objects.update_or_create(
            user_id=user.pk,
            defaults={"name": "Recovery codes", "digests": [_digest(code) for code in codes]},
        )
        return row, codes

    def verify_token(self, token: str) -> bool:
        """Use up a code; the row is locked by the caller. Wrong tries slow down the next."""
        digest = _digest(token)
        if not self.verify_is_allowed()[0] or digest not in self.digests:
            self.throttle_increment()
            return False
        self.digests.remove(digest)
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        """Return the seconds after the first wrong try; each further one doubles them."""
        return 1


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def _digest(code: str) -> str:
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("dashboard.recovery-codes", typed, algorithm="sha256").hexdigest()

"""What customers change about their account."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from saleor.account.models import User

from plugins.discreet_shipping.services import forget_choices
from plugins.order_emails.services import queue_account_email
from storefront.selectors.accounts import pending_email
from storefront.tokens import PENDING_EMAIL, new_email_tokens


@transaction.atomic
def ask_for_new_email(*, user_id: int, email: str) -> None:
    """Note the new address; nothing changes until a link sent to it is opened.

    The same for an address that another account has: that is found out by the task.
    """
    from storefront.tasks import send_new_email_link

    user = _locked(user_id)
    asked = timezone.now().isoformat()
    user.store_value_in_private_metadata({PENDING_EMAIL: {"address": email, "asked": asked}})
    user.save(update_fields=["private_metadata"])
    send_new_email_link.delay(user_id, get_language())


def confirm_new_email(*, user_id: int, token: str) -> bool:
    """Use the noted address from now on and tell the old one; False if the link does not work.

    It does not for another account, for another address than the last one asked for, twice, or
    once somebody else has the address.
    """
    try:
        with transaction.atomic():
            return _confirm_new_email(user_id, token)
    except IntegrityError:  # one account per address, whatever its case
        return False


@transaction.atomic
def end_all_sessions(*, user_id: int, password: str) -> bool:
    """Log the customer out everywhere; False if it is not their password.

    Django ends sessions when the stored password changes: the same one is stored with new salt.
    Links that were sent before end with it.
    """
    user = _locked(user_id)
    if not user.check_password(password):
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    return True


@transaction.atomic
def forget_remembered(*, user_id: int) -> None:
    """Forget how the customer's parcels should look."""
    forget_choices(user=_locked(user_id))


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


def _confirm_new_email(user_id: int, token: str) -> bool:
    user = _locked(user_id)
    if not new_email_tokens.check_token(user, token):
        return False
    old, user.email = user.email, pending_email(user)
    user.delete_value_from_private_metadata(PENDING_EMAIL)
    user.save(update_fields=["email", "private_metadata"])
    queue_account_email(
        user_id=user_id,
        kind="address_changed",
        occasion=timezone.now().isoformat(timespec="seconds"),
        to_old_address=old,
    )
    return True

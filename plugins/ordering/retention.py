"""How long what is kept: one table, which the privacy page shows and the tasks obey.

A row that no task of Celery beat enforces makes a test fail, and so does a period on the
page that is not in this table. To keep something new: add a row, let its task ask
`retention_cutoff(...)` for the time before which it deletes, and name the task in
CELERY_BEAT_SCHEDULE.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plugins.inventory.alerts import BACK_IN_STOCK_ALERT_RETENTION
from product_content.pages import MESSAGE_DAYS

_YEAR = 365


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """One kind of data: `what` and `why` are for customers, `task` is the path of its task."""

    what: Any
    period: timedelta
    why: Any
    task: str

    @property
    def words(self) -> str:
        """Return the period as people say it, in whole years or days."""
        years, rest = divmod(self.period.days, _YEAR)
        if years and not rest:
            return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
        days = self.period.days
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


_ORDERING = "plugins.ordering.tasks"
_KEEPING_LAW = _(
    "Claims about a purchase can be made that long (Limitation Act 1980), and tax law asks for "
    "records of sales (VAT Notice 700/21). Then the amounts stay, without a person."
)
_KEEPING = _(
    "Claims about a purchase can be made for years, and tax law asks for records of sales. Then "
    "the amounts stay, without a person."
)
_RELIEF_LAW = _("The tax office may ask us for it (VAT Notices 701/7 and 700/21).")

RETENTION: dict[str, RetentionPeriod] = {
    "baskets": RetentionPeriod(
        _("A basket that nobody touches, with the address if one was typed"),
        timedelta(days=7),
        _("As long as your browser keeps the way back to it."),
        f"{_ORDERING}.erase_old_baskets",
    ),
    "origins": RetentionPeriod(
        _(
            "From which internet address, browser and e-mail address an order was placed, as codes "
            "that cannot be turned back into them"
        ),
        timedelta(days=1),
        _("So that nobody can hold things unpaid for ever, and keep them from others."),
        f"{_ORDERING}.erase_old_baskets",
    ),
    "unpaid_orders": RetentionPeriod(
        _("Name, address, e-mail and delivery wishes of an order that was not paid"),
        timedelta(days=30),
        _("In case a payment arrives late, or you ask what happened."),
        f"{_ORDERING}.anonymise_old_orders",
    ),
    # In the United Kingdom six years: Limitation Act 1980, section 5, and VAT Notice 700/21.
    "orders": RetentionPeriod(
        _(
            "Name, address, e-mail, delivery wishes, messages about returns and reviews of a paid "
            "order"
        ),
        timedelta(days=settings.ORDER_KEEP_YEARS * _YEAR),
        _KEEPING_LAW if settings.DEFAULT_COUNTRY == "GB" else _KEEPING,
        f"{_ORDERING}.anonymise_old_orders",
    ),
    "gift_cards": RetentionPeriod(
        _("Whom a gift card that you bought was for, and what you wrote to them"),
        timedelta(days=90),
        _("So that it can be sent again. It is counted from the day on which the card went out."),
        f"{_ORDERING}.anonymise_old_orders",
    ),
    "relief": RetentionPeriod(
        _("What you declared to buy something without VAT, sealed; only where we offer that"),
        timedelta(days=6 * _YEAR),
        _RELIEF_LAW if settings.DEFAULT_COUNTRY == "GB" else _("The tax office may ask us for it."),
        f"{_ORDERING}.anonymise_old_orders",
    ),
    "emails": RetentionPeriod(
        _(
            "That an e-mail was sent, and when. One about an order: as long as the order, with its "
            "sender, address, subject and text, without the links in it"
        ),
        timedelta(days=_YEAR),
        _("So that no e-mail goes out twice, and we can tell you what we sent."),
        "plugins.order_emails.tasks.delete_old_emails",
    ),
    "messages": RetentionPeriod(
        _("A message that you wrote to us, with the address for our answer"),
        timedelta(days=MESSAGE_DAYS),
        _("So that we can answer, and know what was said. One about an order goes with it."),
        "plugins.order_emails.tasks.delete_old_messages",
    ),
    "next_order_notes": RetentionPeriod(
        _("What we noted for your next order, as that something is to be put right"),
        timedelta(days=_YEAR),
        _("So that we keep what we promised. It is deleted once that is done."),
        "plugins.order_emails.tasks.delete_old_messages",
    ),
    "payment_notices": RetentionPeriod(
        _("Notices of the payment service: their kind and number"),
        timedelta(days=90),
        _("So that none is worked on twice."),
        "plugins.stripe_payments.tasks.delete_old_events",
    ),
    "back_in_stock_alerts": RetentionPeriod(
        _("An e-mail address that asked to be told when something can be bought again"),
        BACK_IN_STOCK_ALERT_RETENTION,
        _("Nothing came of it. If something does, it is deleted with that one e-mail."),
        "plugins.inventory.tasks.send_back_in_stock_alerts",
    ),
    "saved": RetentionPeriod(
        _("What you saved for later in your account"),
        timedelta(days=_YEAR),
        _("So that you find it again. You can delete it whenever you like."),
        "storefront.tasks.delete_old_saved",
    ),
    "staff_log": RetentionPeriod(
        _("Which member of staff looked at or changed what"),
        timedelta(days=2 * _YEAR),
        _("To find out what went wrong, and to protect your data from misuse."),
        "dashboard.tasks.delete_old_traces",
    ),
    "error_reports": RetentionPeriod(
        _("Which of our pages failed or was slow, and when. Not who opened it"),
        timedelta(days=30),
        _("So that we can mend it."),
        "dashboard.tasks.delete_old_traces",
    ),
    "unconfirmed": RetentionPeriod(
        _("An e-mail address that nobody confirmed, of a new account or in place of another"),
        timedelta(days=7),
        _("So that you can ask for another link."),
        "storefront.tasks.delete_unconfirmed",
    ),
    "sign_in_tries": RetentionPeriod(
        _("Wrong and right passwords: when, for which account, from which internet address"),
        timedelta(days=30),
        _("To stop those who guess passwords. The passwords themselves are not kept."),
        "dashboard.tasks.delete_old_traces",
    ),
    "sign_ins": RetentionPeriod(
        _("A sign-in that has ended"),
        timedelta(days=1),
        _("It is of no use any more."),
        "dashboard.tasks.delete_old_traces",
    ),
}


def retention_cutoff(name: str, now: datetime | None = None) -> datetime:
    """Return the time before which data of this kind is deleted."""
    return (now or timezone.now()) - RETENTION[name].period

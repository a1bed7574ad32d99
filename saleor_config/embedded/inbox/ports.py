"""The inbox's two ports."""

from dataclasses import dataclass

from saleor_config.embedded.ports import free_port, usual_or_free

_OFFSET = 25  # beside 8000 its page is at 8025, where MailHog and Mailpit have theirs


@dataclass(frozen=True)
class InboxPorts:
    """Where the inbox takes e-mails and where it shows them."""

    smtp: int
    web: int


def choose(shop_port: int) -> InboxPorts:
    """Choose free ports; the page's is the same at each start while nothing else takes it."""
    return InboxPorts(smtp=free_port(), web=usual_or_free(shop_port + _OFFSET))

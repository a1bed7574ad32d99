"""The project as an app: it brings the system checks and the management commands."""

from __future__ import annotations

import os
from importlib import metadata

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


class SaleorConfig(AppConfig):
    """Wires Celery, the checks and the languages."""

    name = "saleor_config"
    label = "saleor_config"

    def ready(self) -> None:
        """Register the Celery app, scrub logs, tie sessions, compile the languages."""
        from saleor_config import accounts, celery, logs, reports  # noqa: F401
        from saleor_config.translations import compile_stale

        logs.install()
        accounts.install()
        if settings.SENTRY_DSN:
            reports.start_sentry(settings.SENTRY_DSN)
        compile_stale()


SALEOR_VERSION = "2.10.1"
# One completes orders unpaid, the others ask unchecked hosts or a Stripe of 2020 (docs/adr/0001).
REFUSED_PLUGINS = ("saleor.payment.gateways.", "saleor.plugins.webhook.")
# Its tokens never expire and outlive a changed password.
REFUSED_BACKEND = "graphql_jwt.backends.JSONWebTokenBackend"


@register()
def saleor_is_the_version_we_bridge(**kwargs: object) -> list[CheckMessage]:
    """Refuse any Saleor but the one that ``compat``, the locks and the plugins were written for."""
    installed = metadata.version("saleor")
    if installed == SALEOR_VERSION:
        return []
    return [
        Error(
            f"Saleor {installed} is installed; this shop is built on Saleor {SALEOR_VERSION}.",
            hint="Install the locked packages again: make clean, then make run.",
            id="stillwater.E001",
        )
    ]


@register()
def nothing_unsafe_of_saleor_is_on(**kwargs: object) -> list[CheckMessage]:
    """Refuse Saleor's own gateways, its webhooks and its log-in by token."""
    plugins = [path for path in settings.PLUGINS if path.startswith(REFUSED_PLUGINS)]
    backends = [path for path in settings.AUTHENTICATION_BACKENDS if path == REFUSED_BACKEND]
    return [
        Error(
            f"{path} is not safe in a shop.",
            hint=f"Take it out of {name}; docs/adr/0001 says why.",
            id="stillwater.E003",
        )
        for name, paths in (("PLUGINS", plugins), ("AUTHENTICATION_BACKENDS", backends))
        for path in paths
    ]


# A web server that ends TLS itself has no proxy that does.
_OWN_TLS = "GRANIAN_SSL_CERTIFICATE"
_HOW_MANY = (
    "Set TRUSTED_PROXY_COUNT to the number of proxies in front: 1 for the proxy in "
    "docker-compose.yml, 2 if another one ends TLS before it."
)
_ADDRESS = "saleor_config.client_address.client_address"


@register()
def visitors_are_told_apart(**kwargs: object) -> list[CheckMessage]:
    """Refuse a live shop in which all visitors share the proxy's address, or have two."""
    behind_proxy = settings.PRODUCTION and not os.environ.get(_OWN_TLS)
    faults = []
    if behind_proxy and not settings.TRUSTED_PROXY_COUNT:
        faults.append(
            (
                "The shop is behind an HTTPS proxy and counts all visitors as one address.",
                _HOW_MANY,
            )
        )
    if settings.AXES_CLIENT_IP_CALLABLE != _ADDRESS:
        faults.append(
            (
                "Log-ins are locked by another address than limits count.",
                f'Set AXES_CLIENT_IP_CALLABLE = "{_ADDRESS}".',
            )
        )
    return [Error(message, hint=hint, id="stillwater.E004") for message, hint in faults]

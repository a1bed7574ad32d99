"""What of Saleor may not be switched on, and what is not reachable at all."""

import pytest
from django.core.checks import run_checks
from django.urls import get_resolver

from saleor_config import apps

NEVER_SERVED = ("/graphql/", "/graphql", "/plugins/x/", "/digital-download/x", "/feeds/google/")


def test_our_own_settings_pass():
    assert apps.nothing_unsafe_of_saleor_is_on() == []


@pytest.mark.parametrize(
    "path",
    [
        "saleor.payment.gateways.dummy.plugin.DummyGatewayPlugin",
        "saleor.payment.gateways.stripe.plugin.StripeGatewayPlugin",
        "saleor.plugins.webhook.plugin.WebhookPlugin",
    ],
)
def test_a_gateway_or_webhook_of_saleor_is_refused_by_name(settings, path):
    settings.PLUGINS = [*settings.PLUGINS, path]

    [error] = [one for one in run_checks() if one.id == "stillwater.E003"]

    assert error.msg == f"{path} is not safe in a shop."
    assert error.hint == "Take it out of PLUGINS; docs/adr/0001 says why."


def test_log_in_by_saleors_token_is_refused(settings):
    backend = "graphql_jwt.backends.JSONWebTokenBackend"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, backend]

    [error] = [one for one in run_checks() if one.id == "stillwater.E003"]

    assert error.msg == f"{backend} is not safe in a shop."


@pytest.mark.django_db
@pytest.mark.parametrize("path", NEVER_SERVED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_saleors_own_pages_and_graphql_are_not_there(client, path, method):
    answer = getattr(client, method)(path)

    assert answer.status_code in {301, 404}
    if answer.status_code == 301:  # Django adds the slash first
        assert client.get(answer.url).status_code == 404


def test_no_address_leads_into_saleor():
    def views(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from views(pattern.url_patterns)
            else:
                yield pattern.callback.__module__

    assert not [name for name in views(get_resolver().url_patterns) if name.startswith("saleor.")]

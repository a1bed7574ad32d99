"""What only `make dev` may have."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from local_services.schema import ROOT
from saleor_config.development import skip_second_factor


def test_the_password_alone_is_enough_in_development(settings):
    settings.DEBUG = True
    request = RequestFactory().get("/staff/")
    request.user = type("User", (), {})()

    skip_second_factor(lambda _: None)(request)

    assert request.user.is_verified()


@pytest.mark.parametrize(("production", "debug"), [(True, True), (False, False)])
def test_any_other_shop_refuses_to_skip_the_second_factor(settings, production, debug):
    settings.PRODUCTION, settings.DEBUG = production, debug
    with pytest.raises(ImproperlyConfigured):
        skip_second_factor(lambda _: None)


def test_the_settings_of_development_pass_the_checks():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "saleor_config.settings.dev"}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

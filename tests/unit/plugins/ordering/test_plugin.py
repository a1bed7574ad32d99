"""The plugins manager reads its configuration once per call, and afresh for the next."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration

from plugins.order_emails.plugin import OrderEmailsPlugin
from plugins.ordering.saleor_patches import OrderingPluginsManager, one_configuration

pytestmark = pytest.mark.django_db


def is_active():
    return get_plugins_manager().get_plugin(OrderEmailsPlugin.PLUGIN_ID).active


def test_settings_name_our_manager():
    assert isinstance(get_plugins_manager(), OrderingPluginsManager)


def test_one_query_inside_however_many_managers():
    with CaptureQueriesContext(connection) as captured, one_configuration():
        assert [is_active() for _ in range(5)] == [True] * 5
    assert len(captured) == 1


def test_change_by_staff_counts_from_the_next_call():
    with one_configuration():
        assert is_active()
        PluginConfiguration.objects.create(identifier=OrderEmailsPlugin.PLUGIN_ID, active=False)
        assert is_active()
    assert not is_active()
    with one_configuration():
        assert not is_active()

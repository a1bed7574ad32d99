"""Addresses of the shop under `make dev`: the toolbar's as well."""

from debug_toolbar.toolbar import debug_toolbar_urls

from saleor_config.urls import urlpatterns as shop_urlpatterns

urlpatterns = [*debug_toolbar_urls(), *shop_urlpatterns]

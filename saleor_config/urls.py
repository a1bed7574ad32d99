"""Addresses of the shop. Saleor's own urls and GraphQL are never included (docs/adr/0001)."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from saleor_config.views import media_urls

urlpatterns = [
    path("staff/", include("dashboard.urls")),
    path("stripe/", include("plugins.stripe_payments.views")),
    *media_urls(),
    # English stays at /, Spanish is at /es/ (docs/adr/0010)
    *i18n_patterns(path("", include("storefront.urls")), prefix_default_language=False),
]

if "debug_toolbar" in settings.INSTALLED_APPS:  # under `make dev` only
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns = [*debug_toolbar_urls(), *urlpatterns]

handler400 = "saleor_config.edge.bad_request"
handler403 = "saleor_config.edge.refused"
handler404 = "saleor_config.edge.missing"
handler500 = "saleor_config.edge.failed"

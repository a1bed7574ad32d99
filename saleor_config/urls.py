"""Addresses of the shop. Saleor's own urls and GraphQL are never included (docs/adr/0001)."""

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

handler400 = "saleor_config.edge.bad_request"
handler403 = "saleor_config.edge.refused"
handler404 = "saleor_config.edge.missing"
handler500 = "saleor_config.edge.failed"

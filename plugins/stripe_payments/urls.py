"""Addresses below /stripe/."""

from django.urls import path

from plugins.stripe_payments import views

app_name = "stripe_payments"
urlpatterns = [
    path("webhook/", views.webhook, name="webhook"),
    path("return/", views.return_from_stripe, name="return"),
]

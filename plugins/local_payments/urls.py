"""Address of the local payment page, below /pay/local/."""

from django.urls import path

from plugins.local_payments import views

app_name = "local_payments"
urlpatterns = [path("<str:signed>/", views.PayView.as_view(), name="pay")]

"""Addresses under /account/."""

from django.urls import path

from storefront.tokens import confirm_tokens, reset_tokens
from storefront.views import account, account_access

_choose = account_access.ChoosePassword.as_view
_first = _choose(token_generator=confirm_tokens, extra_context={"is_new": True})
_anew = _choose(token_generator=reset_tokens, extra_context={"is_new": False})

urlpatterns = [
    path("", account.overview, name="account"),
    path("login/", account_access.LogIn.as_view(), name="login"),
    path("logout/", account_access.log_out, name="logout"),
    path("register/", account_access.register, name="register"),
    path("forgotten/", account_access.forgotten, name="forgotten"),
    path("sent/", account_access.sent, name="account_sent"),
    path("confirm/<uidb64>/<token>/", _first, name="account_confirm"),
    path("reset/<uidb64>/<token>/", _anew, name="account_reset"),
]

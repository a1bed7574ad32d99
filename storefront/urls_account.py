"""Addresses under /account/."""

from django.urls import path

from storefront.tokens import confirm_tokens, reset_tokens
from storefront.views import account, account_access, account_addresses

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
    path("password/", account.ChangePassword.as_view(), name="account_password"),
    path("email/", account.email, name="account_email"),
    path("email/<token>/", account.confirm_email, name="account_new_email"),
    path("everywhere/", account.end_sessions, name="account_everywhere"),
    path("forget/", account.forget_choices, name="account_forget"),
    path("addresses/", account_addresses.address_list, name="account_addresses"),
    path("addresses/new/", account_addresses.add, name="account_address_new"),
    path("addresses/<int:address_id>/", account_addresses.change, name="account_address"),
    path(
        "addresses/<int:address_id>/use/",
        account_addresses.make_default,
        name="account_address_use",
    ),
    path(
        "addresses/<int:address_id>/delete/",
        account_addresses.delete,
        name="account_address_delete",
    ),
    path("orders/", account.orders, name="account_orders"),
    path("orders/<uuid:token>/add/", account.claim_order, name="account_order_add"),
    path("data/", account.download, name="account_data"),
    path("delete/", account.delete, name="account_delete"),
    path("deleted/", account.deleted, name="account_deleted"),
]

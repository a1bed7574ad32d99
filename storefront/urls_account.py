"""Addresses under /account/."""

from django.urls import path

from storefront.tokens import confirm_tokens, reset_tokens
from storefront.views import (
    account,
    account_access,
    account_addresses,
    account_data,
    account_orders,
)

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
    path("everywhere/", account.everywhere, name="account_everywhere"),
    path("forget/", account.forget, name="account_forget"),
    path("addresses/", account_addresses.addresses, name="account_addresses"),
    path("addresses/new/", account_addresses.new, name="account_address_new"),
    path("addresses/<int:address_id>/", account_addresses.change, name="account_address"),
    path("addresses/<int:address_id>/use/", account_addresses.use, name="account_address_use"),
    path(
        "addresses/<int:address_id>/delete/",
        account_addresses.delete,
        name="account_address_delete",
    ),
    path("orders/", account_orders.orders, name="account_orders"),
    path("orders/<uuid:token>/add/", account_orders.add, name="account_order_add"),
    path("data/", account_data.download, name="account_data"),
    path("delete/", account_data.delete, name="account_delete"),
    path("deleted/", account_data.deleted, name="account_deleted"),
]

"""Addresses of the storefront."""

from django.urls import URLPattern, include, path

from product_content.kinds import KINDS, SETS, ProductKind
from product_content.pages import PAGES
from storefront.accounts import confirm_tokens, reset_tokens
from storefront.page_cache import public_page
from storefront.views import (
    account,
    account_access,
    basket,
    catalogue,
    checkout,
    discretion,
    gift_cards,
    orders,
    pages,
    saved,
    seo,
)

app_name = "storefront"


def _kind_paths(kind: ProductKind) -> list[URLPattern]:
    """Return the addresses of a kind: its list, and the page of each product."""
    list_path = path(f"{kind.slug}/", catalogue.product_list, {"kind": kind}, name=kind.slug)
    if kind is SETS:
        list_path = path(f"{kind.slug}/", catalogue.sets, name=kind.slug)
    page = f"{kind.slug}/<slug:slug>/"
    return [list_path, path(page, catalogue.product_page, {"kind": kind}, name=kind.url_name)]


_choose = account_access.ChoosePassword.as_view
_first = _choose(token_generator=confirm_tokens, extra_context={"is_new": True})
_anew = _choose(token_generator=reset_tokens, extra_context={"is_new": False})

account_urlpatterns = [  # below /account/
    path("", account.overview, name="account"),
    path("login/", account_access.LogIn.as_view(), name="login"),
    path("logout/", account_access.log_out, name="logout"),
    path("register/", account_access.register, name="register"),
    path("forgotten/", account_access.forgotten, name="forgotten"),
    path("unlock/", account_access.ask_to_unlock, name="ask_to_unlock"),
    path("unlock/<uidb64>/<token>/", account_access.unlock, name="account_unlock"),
    path("sent/", account_access.sent, name="account_sent"),
    path("confirm/<uidb64>/<token>/", _first, name="account_confirm"),
    path("reset/<uidb64>/<token>/", _anew, name="account_reset"),
    path("password/", account.ChangePassword.as_view(), name="account_password"),
    path("email/", account.email, name="account_email"),
    path("email/<token>/", account.confirm_email, name="account_new_email"),
    path("everywhere/", account.end_sessions, name="account_everywhere"),
    path("forget/", account.forget_choices, name="account_forget"),
    path("addresses/", account.address_list, name="account_addresses"),
    path("addresses/new/", account.add_address, name="account_address_new"),
    path("addresses/<int:address_id>/", account.change_address, name="account_address"),
    path(
        "addresses/<int:address_id>/use/",
        account.make_default_address,
        name="account_address_use",
    ),
    path(
        "addresses/<int:address_id>/delete/",
        account.delete_address,
        name="account_address_delete",
    ),
    path("orders/", account.orders, name="account_orders"),
    path("orders/<uuid:token>/add/", account.claim_order, name="account_order_add"),
    path("data/", account.download, name="account_data"),
    path("delete/", account.delete, name="account_delete"),
    path("deleted/", account.deleted, name="account_deleted"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/health-data/", pages.health_data, name="health_data"),
    path("sets/compare/", catalogue.compare, name="compare"),
    *(pattern for kind in KINDS.values() for pattern in _kind_paths(kind)),
    path("search/", catalogue.search_page, name="search"),
    path("sizes/", catalogue.sizes, name="sizes"),
    path("plan/", catalogue.plan, name="plan"),
    path("list/", catalogue.new_list, name="new_list"),
    path("list/<str:token>/", catalogue.size_list, name="size_list"),
    path("gift-cards/", gift_cards.buy, name="gift_cards"),
    path("gift-cards/pay/", gift_cards.pay, name="gift_card_pay"),
    path("gift-cards/open/<str:signed>/", gift_cards.open_card, name="gift_card_open"),
    path("finder/", catalogue.finder, name="finder"),
    path("guides/", pages.guides, name="guides"),
    path("guides/feed.atom", public_page()(seo.GuideFeed()), name="guide_feed"),
    path("guides/<slug:slug>/", pages.guide, name="guide"),
    path("news/", pages.news, name="news"),
    path("news/feed.atom", public_page()(seo.NewsFeed()), name="news_feed"),
    path("news/<slug:slug>/", pages.news_item, name="news_item"),
    path("help/", pages.help_countries, name="help"),
    path("help/<slug:code>/", pages.help_country, name="help_country"),
    path("letter/", pages.letter, name="letter"),
    path("how-we-know/", pages.how_we_know, name="how_we_know"),
    path("contact/", pages.contact, name="contact"),
    path("contact/sent/", pages.contact_sent, name="contact_sent"),
    *(
        path(f"{slug}/", pages.shop_page, {"slug": slug}, name=slug)
        for slug in PAGES
        if slug != "contact"
    ),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/add-all/", basket.add_all, name="basket_add_all"),
    path("basket/count/", basket.count, name="basket_count"),
    path("basket/code/", basket.code, name="basket_code"),
    path("basket/lines/<int:line_id>/", basket.line, name="basket_line"),
    path("saved/", saved.saved, name="saved"),
    path("saved/add/", saved.save, name="saved_add"),
    path("saved/rows/", saved.saved_rows_of_browser, name="saved_rows"),
    path("saved/remove/", saved.unsave, name="saved_remove"),
    path("saved/move/", saved.move, name="saved_move"),
    path("checkout/address/", checkout.address, name="checkout_address"),
    path("checkout/delivery/", checkout.delivery, name="checkout_delivery"),
    path("checkout/discretion/", discretion.options, name="checkout_discretion"),
    path("checkout/seen/", discretion.preview, name="checkout_preview"),
    path("checkout/seen/label/", discretion.preview_label, name="checkout_preview_label"),
    path("checkout/review/", checkout.review, name="checkout_review"),
    path("checkout/vat/", checkout.vat_relief, name="checkout_relief"),
    path("checkout/place/", checkout.place, name="checkout_place"),
    path("orders/link/", orders.new_link, name="order_link"),
    path("orders/link/sent/", orders.link_sent, name="order_link_sent"),
    path("orders/open/<str:signed>/", orders.open_order, name="order_open"),
    path(
        "orders/open/<str:signed>/reviews/",
        orders.open_order,
        {"page": "order_reviews"},
        name="order_open_reviews",
    ),
    path("orders/<uuid:token>/", orders.order, name="order"),
    path("orders/<uuid:token>/pay/", orders.pay, name="order_pay"),
    path("orders/<uuid:token>/cancel/", orders.cancel, name="order_cancel"),
    path(
        "orders/<uuid:token>/credit-notes/<int:number>/",
        orders.credit_note,
        name="order_credit_note",
    ),
    path("orders/<uuid:token>/question/", orders.question, name="order_question"),
    path("orders/<uuid:token>/card/", gift_cards.card, name="order_card"),
    path("orders/<uuid:token>/card/send/", gift_cards.send, name="order_card_send"),
    path("orders/<uuid:token>/card/back/", gift_cards.refund_card, name="order_card_back"),
    path("orders/<uuid:token>/again/", orders.buy_again, name="order_again"),
    path("orders/<uuid:token>/reviews/", orders.order_reviews, name="order_reviews"),
    path("orders/<uuid:token>/reviews/wish/", orders.wish, name="order_review_wish"),
    path("orders/<uuid:token>/reviews/<int:line>/", orders.review, name="order_review"),
    path(
        "orders/<uuid:token>/reviews/<int:line>/withdraw/",
        orders.take_back_review,
        name="order_review_withdraw",
    ),
    path("orders/<uuid:token>/return/", orders.send_back, name="order_return"),
    path("orders/<uuid:token>/return/label/", orders.return_label_file, name="order_return_label"),
    path(
        "orders/<uuid:token>/return/withdraw/", orders.withdraw_return, name="order_return_withdraw"
    ),
    path(
        "orders/<uuid:token>/return/<int:number>/replacement/",
        orders.replacement,
        name="order_replacement",
    ),
    path("orders/<uuid:token>/receipt/", orders.receipt, name="order_receipt"),
    path("orders/<uuid:token>/invoice/", orders.invoice, name="order_invoice"),
    path(
        "orders/<uuid:token>/invoice/neutral/",
        orders.invoice,
        {"wording": "neutral"},
        name="order_neutral_invoice",
    ),
    path("orders/<uuid:token>/seen/", discretion.order_preview, name="order_preview"),
    path("orders/<uuid:token>/discretion/", discretion.order_options, name="order_discretion"),
    path("account/", include(account_urlpatterns)),
    path("open/<str:token>/", saved.open_link, name="open_link"),
    path("wishes/", saved.request_alert, name="back_in_stock"),
    path("wishes/<str:token>/", saved.confirm_alert_removal, name="back_in_stock_confirm_removal"),
    path("wishes/<str:token>/forget/", saved.remove_alert, name="back_in_stock_remove"),
    path("rehearsal/", discretion.rehearsal, name="rehearsal"),
    path("rehearsal/send/", discretion.rehearse, name="rehearse"),
    path("rehearsal/label/", discretion.rehearsal_label, name="rehearsal_label"),
    path("leave/", pages.quick_exit, name="leave"),
    path("return/", pages.undo_quick_exit, name="come_back"),
    path("sitemap.xml", seo.site_map, name="sitemap"),
    path("sitemap/<slug:section>.xml", seo.site_map_section, name="sitemap_section"),
    path("accent/<str:colour>.css", seo.accent, name="accent"),
    path("robots.txt", seo.robots, name="robots"),
    path("share/<slug:kind>/<slug:slug>.png", seo.share_product, name="share_product"),
]

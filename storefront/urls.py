"""Addresses of the storefront."""

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, include, path

from product_content.kinds import KINDS, SETS, ProductKind
from storefront.views import (
    back_in_stock,
    basket,
    catalogue,
    checkout,
    discretion,
    orders,
    pages,
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


urlpatterns = [
    path("", pages.home, name="home"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/health-data/", pages.health_data, name="health_data"),
    path("sets/compare/", catalogue.compare, name="compare"),
    *(pattern for kind in KINDS.values() for pattern in _kind_paths(kind)),
    path("search/", catalogue.search_page, name="search"),
    path("sizes/", catalogue.sizes, name="sizes"),
    path("finder/", catalogue.finder, name="finder"),
    path("guides/", pages.guides, name="guides"),
    path("guides/<slug:slug>/", pages.guide, name="guide"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/count/", basket.count, name="basket_count"),
    path("basket/code/", basket.code, name="basket_code"),
    path("basket/lines/<int:line_id>/", basket.line, name="basket_line"),
    path("checkout/address/", checkout.address, name="checkout_address"),
    path("checkout/delivery/", checkout.delivery, name="checkout_delivery"),
    path("checkout/discretion/", discretion.options, name="checkout_discretion"),
    path("checkout/seen/", discretion.preview, name="checkout_preview"),
    path("checkout/review/", checkout.review, name="checkout_review"),
    path("checkout/place/", checkout.place, name="checkout_place"),
    path("orders/link/", orders.new_link, name="order_link"),
    path("orders/link/sent/", orders.link_sent, name="order_link_sent"),
    path("orders/open/<str:signed>/", orders.open_order, name="order_open"),
    path("orders/<uuid:token>/", orders.order, name="order"),
    path("orders/<uuid:token>/pay/", orders.pay, name="order_pay"),
    path("orders/<uuid:token>/cancel/", orders.cancel, name="order_cancel"),
    path("orders/<uuid:token>/receipt/", orders.receipt, name="order_receipt"),
    path("orders/<uuid:token>/seen/", discretion.order_preview, name="order_preview"),
    path("orders/<uuid:token>/discretion/", discretion.order_options, name="order_discretion"),
    path("account/", include("storefront.urls_account")),
    path("wishes/", back_in_stock.request_alert, name="back_in_stock"),
    path(
        "wishes/<str:token>/", back_in_stock.confirm_removal, name="back_in_stock_confirm_removal"
    ),
    path("wishes/<str:token>/forget/", back_in_stock.remove, name="back_in_stock_remove"),
    path("leave/", pages.quick_exit, name="leave"),
    path("return/", pages.undo_quick_exit, name="come_back"),
    path(
        "sitemap.xml",
        sitemap,
        {"sitemaps": seo.SITEMAPS, "template_name": "storefront/sitemap.xml"},
        name="sitemap",
    ),
    path("robots.txt", seo.robots, name="robots"),
    path("share/shop.png", seo.share_shop, name="share_shop"),
    path("share/<slug:kind>/<slug:slug>.png", seo.share_product, name="share_product"),
]

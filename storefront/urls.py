"""Addresses of the storefront."""

from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from storefront.views import (
    basket,
    catalogue,
    checkout,
    compare,
    discretion,
    finder,
    guides,
    leaving,
    orders,
    pages,
    search,
    seo,
    sizes,
)

app_name = "storefront"

urlpatterns = [
    path("", pages.home, name="home"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/health-data/", pages.health_data, name="health_data"),
    path("sets/", catalogue.sets, name="sets"),
    path("sets/compare/", compare.compare, name="compare"),
    path("sets/<slug:slug>/", catalogue.set_page, name="set"),
    path("singles/", catalogue.singles, name="singles"),
    path("singles/<slug:slug>/", catalogue.single_page, name="single"),
    path("care/", catalogue.care, name="care"),
    path("care/<slug:slug>/", catalogue.care_page, name="care_product"),
    path("search/", search.search_page, name="search"),
    path("sizes/", sizes.sizes, name="sizes"),
    path("finder/", finder.finder, name="finder"),
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/count/", basket.count, name="basket_count"),
    path("basket/code/", basket.code, name="basket_code"),
    path("basket/lines/<int:line_id>/", basket.line, name="basket_line"),
    path("checkout/address/", checkout.address, name="checkout_address"),
    path("checkout/delivery/", checkout.delivery, name="checkout_delivery"),
    path("checkout/discretion/", discretion.options, name="checkout_discretion"),
    path("checkout/seen/", discretion.seen, name="checkout_seen"),
    path("checkout/review/", checkout.review, name="checkout_review"),
    path("checkout/place/", checkout.place, name="checkout_place"),
    path("orders/open/<str:signed>/", orders.open_order, name="order_open"),
    path("orders/<uuid:token>/", orders.order, name="order"),
    path("orders/<uuid:token>/pay/", orders.pay, name="order_pay"),
    path("orders/<uuid:token>/seen/", discretion.order_seen, name="order_seen"),
    path("orders/<uuid:token>/discretion/", discretion.order_options, name="order_discretion"),
    path("account/", include("storefront.urls_account")),
    path("leave/", leaving.leave, name="leave"),
    path("return/", leaving.come_back, name="come_back"),
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

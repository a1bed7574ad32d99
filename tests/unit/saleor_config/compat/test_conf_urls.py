from django.urls import resolve, reverse


def test_saleor_urls_resolve_although_nobody_mounts_them() -> None:
    assert reverse("api", urlconf="saleor.urls") == "/graphql/"
    assert resolve("/digital-download/abc/", urlconf="saleor.urls").kwargs == {"token": "abc"}


def test_saleor_data_feeds_keep_their_pattern() -> None:
    assert resolve("/google/", urlconf="saleor.data_feeds.urls").url_name == "google-feed"

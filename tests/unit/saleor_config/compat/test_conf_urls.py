from django.urls import resolve


def test_saleor_data_feeds_keep_their_pattern() -> None:
    assert resolve("/google/", urlconf="saleor.data_feeds.urls").url_name == "google-feed"

import pytest
from saleor.page.models import Page


def _content(url: str) -> dict:
    block = {
        "key": "a",
        "text": "hello",
        "type": "unstyled",
        "data": {},
        "depth": 0,
        "entityRanges": [],
        "inlineStyleRanges": [],
    }
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": url}}
    return {"blocks": [block], "entityMap": {"0": link}}


@pytest.mark.django_db
def test_bulk_update_writes_and_still_cleans_the_content() -> None:
    pages = [Page.objects.create(title=str(n), slug=str(n), content_json={}) for n in range(2)]
    for page in pages:
        page.content_json = _content("javascript:alert(1)")

    Page.objects.bulk_update(pages, ["content_json"])

    for page in Page.objects.filter(pk__in=[page.pk for page in pages]):
        assert page.content_json["blocks"][0]["text"] == "hello"
        assert "javascript" not in str(page.content_json)


@pytest.mark.django_db
def test_saving_still_cleans_the_content() -> None:
    page = Page.objects.create(title="a", slug="a", content_json=_content("javascript:alert(1)"))

    page.refresh_from_db()
    assert "javascript" not in str(page.content_json)

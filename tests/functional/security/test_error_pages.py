"""Refusals and errors are private pages: kept by no cache, neutral, in the visitor's language."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import path

from saleor_config import edge, urls
from tests import personas

pytestmark = pytest.mark.django_db
WORDS = re.compile(
    r"(?i)dilat|\bsets?\b|\bsingles?\b|\bguides?\b|pelvi|vagin|magnet|\bsizes?\b|\bcare\b"
    r"|juego|guía|talla|medida"
)


def break_down(request):
    raise RuntimeError


class ErrorUrls:
    """The shop's addresses and one more that is broken."""

    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500
    urlpatterns = [path("broken/", break_down), path("es/broken/", break_down), *urls.urlpatterns]


@pytest.fixture
def visitor(settings):
    settings.ROOT_URLCONF = ErrorUrls
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def post_unfinished(visitor, prefix):
    return visitor.post(f"{prefix}/account/login/", CONTENT_LENGTH="70000")


ERRORS = {
    "400, NUL": (400, lambda visitor, prefix: visitor.get(f"{prefix}/sets/?q=%00")),
    "400, too long": (400, lambda visitor, prefix: visitor.get(f"{prefix}/sets/" + "x" * 2000)),
    "403, another site": (403, lambda visitor, prefix: visitor.post(f"{prefix}/basket/add/")),
    "403, no token": (403, lambda visitor, prefix: visitor.post(f"{prefix}/account/login/")),
    "404": (404, lambda visitor, prefix: visitor.get(f"{prefix}/sets/gentle-start-dilator-set-x/")),
    "404, nowhere": (404, lambda visitor, prefix: visitor.get(f"{prefix}/vaginismus/")),
    "405": (405, lambda visitor, prefix: visitor.trace(f"{prefix}/privacy/health-data/")),
    "405, POST only": (405, lambda visitor, prefix: visitor.get(f"{prefix}/basket/add/")),
    "413": (413, post_unfinished),
    "500": (500, lambda visitor, prefix: visitor.get(f"{prefix}/broken/")),
}


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize(("status", "cause"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_a_private_page_that_says_nothing_of_the_shop(visitor, status, cause, prefix):
    answer = cause(visitor, prefix)

    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    page = answer.content.decode()
    assert f'lang="{prefix[1:] or "en"}"' in page
    assert "<h1>" in page
    assert WORDS.findall(re.sub(r"<link[^>]+>|<script[^>]+>", "", page)) == []


@pytest.mark.parametrize(("status", "cause"), ERRORS.values(), ids=ERRORS)
def test_quiet_mode_holds_on_errors_too(visitor, status, cause):
    """quiet-mode.js takes the shop's name from the page, and a plain icon."""
    page = cause(visitor, "").content.decode()

    assert 'data-shop="Stillwater"' in page
    assert "storefront/quiet-mode.js" in page
    assert re.search(r'rel="icon"[^>]+data-plain="[^"]+plain\.svg"', page, re.DOTALL)


@pytest.mark.parametrize("status", sorted(edge._WITH_PAGE))
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_status_has_a_page_in_each_language(status, language):
    prefix = "" if language == "en" else "/es"
    page = edge.error_page(RequestFactory().get(f"{prefix}/sets/"), status).content.decode()

    title = re.search(r"<title>\s*(.+?)\s*</title>", page, re.DOTALL)[1]
    assert (f'lang="{language}"' in page, WORDS.findall(title)) == (True, [])
    if language == "es":
        english = edge.error_page(RequestFactory().get("/sets/"), status).content.decode()
        assert title not in english


def test_a_405_still_says_which_methods_there_are(visitor):
    answer = visitor.delete("/basket/add/")

    assert answer.headers["Allow"] == "POST"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_host_that_is_not_ours_gets_the_page_too(settings):
    settings.ALLOWED_HOSTS = ["shop.example"]

    answer = Client().get("/sets/", HTTP_HOST="other.example")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "private, no-store")


def test_pages_that_are_well_stay_as_they_are(visitor):
    assert "no-store" not in visitor.get("/privacy/").headers.get("Cache-Control", "")


def test_staff_and_fragments_get_no_page_but_no_cache_keeps_them():
    packer = personas.in_role("Packer")

    refused = packer.get("/staff/order/order/")
    fragment = Client().delete("/basket/add/", HTTP_HX_REQUEST="true")

    assert refused.status_code == 403
    assert refused.headers["Cache-Control"] == "private, no-store"
    assert (fragment.status_code, fragment.content) == (405, b"")
    assert fragment.headers["Cache-Control"] == "private, no-store"


def test_too_large_a_body_is_refused_before_anything_is_read(visitor, monkeypatch):
    """150 MB were accepted at the log-in."""
    read = []
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", lambda *_: read.append(1))

    assert post_unfinished(visitor, "").status_code == 413
    assert visitor.post("/", CONTENT_LENGTH="9" * 30).status_code == 413
    assert visitor.post("/", HTTP_X_BODY_REFUSED="1").status_code == 413
    assert read == []

"""Rendered pictures of the demo products, and the diagrams of guides."""

import re

import pytest
from PIL import Image

from product_content import pictures, selectors
from product_content.kinds import KINDS
from product_content.models import Guide, ProductDetail
from product_content.rendering import diagram_names, render_guide, show_diagrams

pytestmark = pytest.mark.django_db


def test_every_demo_product_has_a_picture_that_says_what_it_shows(catalogue):
    for kind in KINDS:
        for card in selectors.list_products(kind):
            assert card.photo.rendered
            assert card.name in card.photo.alt
            assert f"pictures/{card.slug}-400.webp 400w" in card.photo.srcset
    words = {card.slug: card.photo.alt for card in selectors.list_sets()}
    assert words["starter-set-sizes-1-3"] == (
        "Starter set, sizes 1–3: 3 pieces, from 13 to 20 mm wide, lie on linen beside a coin 24 mm "
        "wide."
    )


def test_the_page_labels_it_and_keeps_its_place_free(catalogue, client):
    page = client.get("/sets/starter-set-sizes-1-3/").content.decode()
    assert "Rendered picture of a demo product" in page
    [image] = re.findall(r'<section class="photos".*?<img(.*?)>', page, re.DOTALL)
    assert 'width="800"' in image
    assert 'height="533"' in image


def test_files_are_light_enough_for_a_phone_and_as_large_as_promised():
    for name in pictures.rendered_names():
        for width in pictures.WIDTHS:
            path = pictures.FOLDER / f"{name}-{width}.webp"
            assert path.stat().st_size < 60_000
            with Image.open(path) as image:
                assert image.width == width
                assert abs(image.height - width * pictures.RATIO) <= 1


def test_at_least_twenty_pictures_are_in_the_repository():
    assert len(pictures.rendered_names()) >= 20
    assert pictures.CALM in pictures.rendered_names()


def test_a_picture_that_is_gone_or_was_never_there_is_left_out(catalogue, client):
    ProductDetail.objects.filter(product__slug="carry-pouch").update(picture="never-rendered")
    page = client.get("/care/carry-pouch/")
    assert page.status_code == 200
    assert 'class="photos"' not in page.content.decode()


def test_a_list_shows_pictures_as_they_come_into_view(catalogue, client):
    page = client.get("/sets/").content.decode()
    images = re.findall(r"<img(.*?)>", page, re.DOTALL)
    assert len(images) == len(selectors.list_sets())
    assert all('loading="lazy"' in image for image in images)


def test_home_shows_a_picture_that_tells_nothing(catalogue, client):
    page = client.get("/").content.decode()
    [hero] = re.findall(r'class="hero-picture".*?<img(.*?)>', page, re.DOTALL)
    assert "pictures/morning-800" in hero
    assert 'alt="A mug of tea, folded linen, a green twig and a plain parcel' in hero


def test_a_shared_link_to_a_list_or_a_guide_shows_the_same_calm_picture(catalogue, client):
    for path in ("/", "/sets/", "/guides/first-session/"):
        page = client.get(path).content.decode()
        assert (
            f'property="og:image" content="http://testserver/static/{pictures.CALM_SHARE}"' in page
        )
    with Image.open(pictures.FOLDER.parents[1] / pictures.CALM_SHARE) as image:
        assert image.size == (800, 420)


def test_guides_show_the_diagrams_that_their_text_calls(catalogue, client):
    called = {
        name
        for body in Guide.objects.values_list("body_markdown", flat=True)
        for name in re.findall(r"!\[\]\(diagram:([\w-]+)\)", body)
    }
    assert called == diagram_names()
    page = client.get("/guides/why-it-can-feel-blocked/").content.decode()
    assert re.search(
        r'<figure class="diagram">\s*<svg.*?role="img"\s*aria-label="Someone', page, re.DOTALL
    )
    assert "[diagram:" not in page


def test_a_diagram_speaks_the_language_of_the_page(catalogue, client):
    page = client.get("/es/guides/why-it-can-feel-blocked/").content.decode()
    figure = re.search(r'<figure class="diagram">.*?</figure>', page, re.DOTALL)[0]
    assert "Alguien está" in figure
    assert "Entrance" not in figure


def test_only_our_own_diagrams_are_shown_never_a_writers_html():
    html = show_diagrams(
        render_guide("![](diagram:nothing)\n\n<svg onload=x>\n\n![](a.png)", {}).html
    )
    assert "<svg" not in html
    assert "<img" not in html
    assert "[diagram" not in html
    assert "<svg" in show_diagrams(render_guide("![](diagram:angle)", {}).html)
